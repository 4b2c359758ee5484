/** Exit code of a supervisor that could not have its port: another supervisor has it, or a stranger. */
export const PORT_TAKEN = 98;

/** Opens the URL in the user's browser; returns why it could not be, or null. */
export async function openInBrowser(url: string): Promise<string | null> {
  const { default: open } = await import("open");
  try {
    await open(url);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

// JSON schemas of what commands print, read from the types they are written with: `TbCommand<Data, Item>` for each command,
// and the types of src/ui/machine-output.ts for what all have in common.
import { join } from "node:path";
import {
  createFormatter,
  createParser,
  createProgram,
  DEFAULT_CONFIG,
  SchemaGenerator,
  type CompletedConfig,
  type Schema,
} from "ts-json-schema-generator";

interface CommandSchemas {
  data: Schema;
  /** Of what it streams; null when it streams nothing. */
  items: Schema | null;
}

export interface SchemaReader {
  /** `file`: the command's source, from the package's folder. */
  ofCommand(file: string): CommandSchemas;
  /** Of an exported type. */
  ofType(file: string, name: string): Schema;
}

type Program = ReturnType<typeof createProgram>;
type Node = Parameters<SchemaGenerator["createSchemaFromNodes"]>[0][number];
/** What is read of a declaration; the compiler's own types differ from the compiler that checks this file. */
interface Declaration {
  name?: { text: string };
  heritageClauses?: { types: { expression: { getText(): string }; typeArguments?: readonly Node[] }[] }[];
}

/** Reads all sources once, which takes seconds. */
export function createSchemaReader(root: string): SchemaReader {
  const config: CompletedConfig = {
    ...DEFAULT_CONFIG,
    path: join(root, "src/{commands/**,ui}/*.ts"),
    tsconfig: join(root, "tsconfig.json"),
    skipTypeCheck: true, // `npm run types` is for that
    expose: "all",
    topRef: false,
    additionalProperties: false,
  };
  const program = createProgram(config);
  const generator = new SchemaGenerator(program, createParser(program, config), createFormatter(config), config);

  function schemaOf(node: Node | undefined, what: string): Schema {
    if (!node) throw new Error(`${what} was not found.`);
    return tidy(generator.createSchemaFromNodes([node]));
  }

  return {
    ofCommand(file) {
      const [data, items] = typeArguments(declarations(program, join(root, file)));
      return {
        data: schemaOf(data, `The type of the data of ${file}`),
        items: items ? schemaOf(items, `The type of the items of ${file}`) : null,
      };
    },
    ofType(file, name) {
      const declaration = declarations(program, join(root, file)).find((candidate) => candidate.name?.text === name);
      return schemaOf(declaration as Node | undefined, `${name} in ${file}`);
    },
  };
}

function declarations(program: Program, file: string): Declaration[] {
  return (program.getSourceFile(file)?.statements ?? []) as unknown as Declaration[];
}

/** Those of `extends TbCommand<…>`. */
function typeArguments(statements: Declaration[]): readonly Node[] {
  for (const { heritageClauses } of statements) {
    const base = heritageClauses?.[0]?.types[0];
    if (base?.expression.getText() === "TbCommand") return base.typeArguments ?? [];
  }
  return [];
}

function tidy(schema: Schema): Schema {
  const { definitions, ...rest } = schema;
  return definitions && Object.keys(definitions).length > 0 ? { ...rest, definitions } : rest;
}

/** A project whose every text is hostile. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { all, BANK, each, lines, names } from './payloads';

const id = (n: number) => `6f1f0a36-2b5c-4d0a-9d57-0a4f5d9c09${n}`;
/** The steps of `hostile.orchest`. */
export const STEPS = {
  say: id(11),
  show: id(12),
  leave: id(13),
  detour: id(14)
} as const;
/** A kernelspec that is installed besides; its display name is hostile. */
export const KERNEL = 'hostile';

const PAGE = `<html xmlns="http://www.w3.org/1999/xhtml"><script>xss(99)</script></html>`;
/** Files that browsers would show, did the server let them. */
export const FILES: Readonly<Record<string, string>> = {
  'left.html': PAGE,
  'left.xhtml': PAGE,
  'left.xml': PAGE,
  'left.svg': `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>xss(99)</script></svg>`,
  'left.pdf': '%PDF-1.4 <script>xss(99)</script>',
  'left.js': 'xss(99)',
  'left.mht':
    'MIME-Version: 1.0\nContent-Type: text/html\n\n<script>xss(99)</script>',
  'left.txt': all('text of a file'),
  left: PAGE
};

/** Prints, reports, and leaves files. */
const SAY = `
import json, os, pathlib, sys
said = json.loads(pathlib.Path('said.json').read_text())
print(said['output'])
print(said['error'], file=sys.stderr)
with open(os.environ['ORCHEST_METRICS_PATH'], 'a') as file:
    for name in said['metrics']:
        print(json.dumps({'name': name, 'value': 1}), file=file)
for name in said['names']:
    pathlib.Path(name).write_text(name)
for name, text in said['files'].items():
    pathlib.Path(name).write_text(text)
raise ValueError(said['message'])
`;

/** JupyterLab shows no more than fifty outputs of a cell at once. */
const SHOW = [
  `
import json, pathlib
said = json.loads(pathlib.Path('said.json').read_text())
print(said['output'])
display({'application/javascript': 'xss(99)'}, raw=True)
display({'application/json': said}, raw=True)
display({'text/html': said['files']['left']}, raw=True)
display({'application/vnd.jupyter.widget-view+json': {'model_id': 'm', 'version_major': 2, 'version_minor': 0}}, raw=True)
`,
  ...['text/html', 'text/markdown', 'text/latex', 'image/svg+xml'].flatMap(
    mime =>
      [0, 1].map(
        half => `
for text in said['bank'][${half}::2]:
    display({'${mime}': text}, raw=True)
`
      )
  ),
  "raise ValueError(said['message'])"
];

const LEAVE = (file: string) => `
import pathlib
display({'text/html': pathlib.Path('${file}').read_text()}, raw=True)
`;

/** Pages that want to get out; see `leaving` of the sink. */
export interface ILeaving {
  readonly leave: string;
  readonly detour: string;
  /** Lies in the project. */
  readonly station: string;
}

/** A folder with pipelines and their files. */
export async function writeHostile(
  folder: string,
  pages: ILeaving
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const write = (name: string, content: unknown) =>
    writeFile(
      join(folder, name),
      typeof content === 'string' ? content : JSON.stringify(content)
    );
  await write('said.json', {
    output: all('output'),
    error: all('error output'),
    message: all('message'),
    metrics: each('metric'),
    names: names('file name'),
    files: FILES,
    bank: BANK
  });
  await write('leave.html', pages.leave);
  await write('detour.html', pages.detour);
  await write('station.html', pages.station);
  await write('say.py', SAY);
  await write('show.ipynb', notebook(SHOW));
  await write('leave.ipynb', notebook([LEAVE('leave.html')], ''));
  await write('detour.ipynb', notebook([LEAVE('detour.html')], ''));
  await write('hostile.orchest', {
    name: all('pipeline name'),
    uuid: id(10),
    version: '1.2.1',
    parameters: Object.fromEntries(
      each('parameter').map((name, at) => [
        name,
        at === 0 ? all('value') : BANK[at]
      ])
    ),
    services: {},
    settings: {},
    steps: {
      [STEPS.say]: step(STEPS.say, 'say.py', 0),
      [STEPS.show]: step(STEPS.show, 'show.ipynb', 1),
      [STEPS.leave]: {
        ...step(STEPS.leave, 'leave.ipynb', 2),
        meta_data: { position: [0, 500], kernelspec: KERNEL }
      },
      [STEPS.detour]: step(STEPS.detour, 'detour.ipynb', 3)
    }
  });
  await write('hostile.orchest.schema.json', schema());
  await write('say.py.schema.json', {
    required: [all('missing parameter')],
    properties: { mode: { enum: each('choice') } }
  });
  await write('show.ipynb.schema.json', {
    properties: { a: { pattern: `(${all('pattern')}` } }
  });
  await write('wrong.orchest', {
    name: all('wrong name'),
    uuid: all('wrong uuid'),
    version: all('wrong version'),
    services: {},
    steps: {
      [all('wrong step')]: {
        ...step(all('wrong key'), all('wrong file'), 0),
        incoming_connections: [all('nowhere')],
        meta_data: { position: [0, 0], kernelspec: all('missing kernel') }
      }
    }
  });
  await write('broken.orchest', `{"name": "${'x'.repeat(9)}" ${all('broken')}`);
  await write('elyra.pipeline', elyra());
  await write('wait.orchest', {
    name: 'Wait',
    uuid: id(20),
    version: '1.2.1',
    parameters: { p: 1 },
    services: {},
    settings: {},
    steps: { [id(21)]: step(id(21), 'wait.py', 0) }
  });
  await write('wait.py', 'import time\ntime.sleep(600)\n');
  await write('short.orchest', {
    name: lines('notification', 200)[1],
    uuid: id(10),
    version: '1.2.1',
    parameters: {},
    services: {},
    settings: {},
    steps: { [id(31)]: step(id(31), 'short.py', 0) }
  });
  await write('short.parameters.json', {
    pipeline_parameters: { [all('compared')]: [all('one'), all('other')] }
  });
  await write(
    'short.py',
    'import json\nraise ValueError(json.load(open("said.json"))["message"])\n'
  );
}

function step(uuid: string, file: string, place: number): object {
  return {
    uuid,
    title: all(`title of ${file.slice(0, 20)}`),
    file_path: file,
    environment: all('environment'),
    kernel: { name: 'python', display_name: all('kernel') },
    parameters: { [all('step parameter')]: { [all('key')]: [all('item')] } },
    incoming_connections: [],
    meta_data: { position: [0, 150 * place], hidden: false }
  };
}

/** Of the parameters of the pipeline: each is described, and each is wrong. */
function schema(): object {
  return {
    title: all('title of a schema'),
    description: all('description of a schema'),
    properties: Object.fromEntries(
      each('parameter').map((name, at) => [
        name,
        {
          type: 'string',
          title: each('title')[at],
          description: each('description')[at],
          default: BANK[at],
          const: each('constant')[at],
          errorMessage: BANK[at]
        }
      ])
    )
  };
}

function elyra(): object {
  const node = (at: number) => ({
    id: `n${at}`,
    type: 'execution_node',
    op: at === 0 ? 'execute-notebook-node' : BANK[at],
    app_data: {
      label: each('label')[at],
      component_parameters: {
        filename: `${names('node file')[at]}.ipynb`,
        runtime_image: BANK[at],
        env_vars: [{ env_var: BANK[at], value: BANK[at] }],
        dependencies: [BANK[at]]
      },
      ui_data: { label: each('label')[at], x_pos: 0, y_pos: 100 * at }
    },
    inputs: [],
    outputs: []
  });
  return {
    doc_type: 'pipeline',
    version: '3.0',
    id: 'e',
    primary_pipeline: 'p',
    pipelines: [
      {
        id: 'p',
        nodes: [0, 1, 7].map(node),
        app_data: {
          name: all('elyra'),
          version: 8,
          ui_data: { comments: [] },
          properties: { name: all('elyra'), description: all('elyra') }
        },
        runtime_ref: ''
      }
    ]
  };
}

/** Says of itself that it can be trusted. */
function notebook(
  sources: readonly string[],
  text = BANK.join('\n\n')
): object {
  const trusted = {
    trusted: true,
    tags: each('tag').map(tag => tag.replace(/,/g, '')),
    name: BANK[6]
  };
  const cells = [
    { cell_type: 'markdown', id: 'm', metadata: trusted, source: text },
    ...sources.map((source, at) => ({
      cell_type: 'code',
      id: `c${at}`,
      execution_count: null,
      metadata: at === 0 ? trusted : { trusted: true },
      outputs: [],
      source
    })),
    { cell_type: 'raw', id: 'r', metadata: trusted, source: all('raw cell') }
  ];
  return {
    cells,
    metadata: {
      trusted: true,
      title: all('title of a notebook'),
      authors: [{ name: BANK[7] }],
      kernelspec: {
        display_name: all('kernel'),
        language: 'python',
        name: all('kernel of a notebook')
      },
      language_info: { name: 'python' },
      widgets: {
        'application/vnd.jupyter.widget-state+json': {
          version_major: 2,
          version_minor: 0,
          state: {
            m: {
              model_module: '@jupyter-widgets/controls',
              model_module_version: '2.0.0',
              model_name: 'HTMLModel',
              state: { value: all('widget') }
            }
          }
        }
      }
    },
    nbformat: 4,
    nbformat_minor: 5
  };
}

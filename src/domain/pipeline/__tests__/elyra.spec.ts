import { english } from '../../__tests__/helpers';
import { IElyraImport, importElyra } from '../elyra';
import { tellNote } from '../elyrawords';
import { isError } from '../problems';
import { IPipelineStep, readPipeline } from '../read';

const GET = 'a0d7b9c5-2a93-4c2c-9a57-5a3f4f2c2b10';

/** A node as Elyra writes it. */
function node(
  id: string,
  op: string,
  settings: object,
  { before = [] as string[], label = '', x = 0, y = 0, port = 'outPort' } = {}
) {
  const { filename } = settings as { filename?: string };
  const cardinality = { min: 0, max: -1 };
  return {
    id,
    type: 'execution_node',
    op,
    app_data: {
      component_parameters: {
        dependencies: [],
        include_subdirectories: false,
        outputs: [],
        env_vars: [],
        kubernetes_pod_annotations: [],
        kubernetes_shared_mem_size: {},
        kubernetes_secrets: [],
        mounted_volumes: [],
        ...settings
      },
      label,
      ui_data: {
        label: filename?.split('/').at(-1) ?? label,
        image: '/static/elyra/notebook.svg',
        x_pos: x,
        y_pos: y,
        description: 'Run notebook file'
      }
    },
    inputs: [
      {
        id: 'inPort',
        app_data: { ui_data: { cardinality, label: 'Input Port' } },
        links: before.map(from => ({
          id: `link-${from}`,
          node_id_ref: from,
          port_id_ref: port
        }))
      }
    ],
    outputs: [
      {
        id: 'outPort',
        app_data: { ui_data: { cardinality, label: 'Output Port' } }
      }
    ]
  };
}

/** A file as Elyra writes it. */
function flow(
  nodes: object[],
  data: object = {},
  inner: object[] = []
): string {
  return JSON.stringify(
    {
      doc_type: 'pipeline',
      version: '3.0',
      json_schema:
        'http://api.dataplatform.ibm.com/schemas/common-pipeline/pipeline-flow/pipeline-flow-v3-schema.json',
      id: 'elyra-auto-generated-pipeline',
      primary_pipeline: 'primary',
      pipelines: [
        ...inner,
        {
          id: 'primary',
          nodes,
          app_data: {
            ui_data: { comments: [] },
            version: 8,
            runtime_type: 'LOCAL',
            properties: { name: 'weather', runtime: 'Generic' },
            ...data
          },
          runtime_ref: ''
        }
      ],
      schemas: []
    },
    null,
    2
  );
}

function imported(
  text: string
): IElyraImport & { byTitle: Map<string, IPipelineStep> } {
  let last = 0;
  const result = importElyra(text, 'the file', () => `new-${last++}`);
  if (result === null) {
    throw new Error('not imported');
  }
  const { pipeline, problems } = readPipeline(result.text);
  expect(problems.filter(isError)).toEqual([]);
  const steps = pipeline?.steps ?? [];
  expect(result.steps).toBe(steps.length);
  return { ...result, byTitle: new Map(steps.map(step => [step.title, step])) };
}

function told({ notes }: IElyraImport): string[] {
  return notes.map(
    note => `${note.steps.join(', ')}: ${tellNote(note, english)}`
  );
}

describe('an imported Elyra pipeline', () => {
  it('has its notebooks and scripts, connections and places', () => {
    const result = imported(
      flow([
        node(
          GET,
          'execute-notebook-node',
          { filename: 'nb/get data.ipynb' },
          { x: 10.5, y: 20 }
        ),
        node(
          'b',
          'execute-python-node',
          { filename: 'clean.py' },
          { before: [GET], label: 'Clean up', x: 300 }
        ),
        node(
          'c',
          'execute-r-node',
          { filename: '../plot.R' },
          { before: ['b', GET], x: 600 }
        )
      ])
    );
    expect(readPipeline(result.text).pipeline?.name).toBe('weather');
    expect(result.notes).toEqual([]);
    const { byTitle } = result;
    expect([...byTitle.keys()]).toEqual(['get data', 'Clean up', 'plot']);
    const clean = byTitle.get('Clean up');
    expect(byTitle.get('get data')).toMatchObject({
      step: GET,
      file: 'nb/get data.ipynb',
      incoming: [],
      position: { x: 11, y: 20 }
    });
    expect(clean?.incoming).toEqual([GET]);
    expect(byTitle.get('plot')).toMatchObject({
      file: '../plot.R',
      kernel: { name: 'r' },
      incoming: [clean?.step, GET]
    });
  });

  it('has environment variables as parameters, of old and new files', () => {
    const result = imported(
      flow(
        [
          node('a', 'execute-python-node', {
            filename: 'a.py',
            env_vars: ['URL=https://x/?a=b', ' KEY = v ', 'EMPTY', '']
          }),
          node('b', 'execute-python-node', {
            filename: 'b.py',
            env_vars: [{ env_var: 'RATE', value: '0.1' }, { env_var: '' }]
          })
        ],
        {
          properties: {
            name: '',
            pipeline_defaults: { env_vars: [{ env_var: 'ALL', value: '1' }] },
            pipeline_parameters: [
              { name: 'rows', default_value: { type: 'Integer', value: 5 } },
              { name: 'where', default_value: { type: 'String' } }
            ]
          }
        }
      )
    );
    const { pipeline } = readPipeline(result.text);
    expect(pipeline?.name).toBe('the file');
    expect(JSON.parse(pipeline?.parameters ?? '')).toEqual({
      rows: 5,
      where: null,
      ALL: '1'
    });
    const parameters = (title: string) =>
      JSON.parse(result.byTitle.get(title)?.parameters ?? '');
    expect(parameters('a')).toEqual({
      URL: 'https://x/?a=b',
      KEY: 'v',
      EMPTY: ''
    });
    expect(parameters('b')).toEqual({ RATE: '0.1' });
    const lines = told(result);
    expect(lines).toHaveLength(5);
    expect(lines[0]).toMatch(
      /^a: Environment variables became parameters: URL, KEY, EMPTY\./
    );
    expect(lines[1]).toMatch(/^b: .*: RATE\./);
    expect(lines[4]).toMatch(/^: .*: ALL\./);
  });

  it('tells what is not carried over, once for all steps alike', () => {
    const image = 'tensorflow/tensorflow:2.8.0';
    const result = imported(
      flow(
        [
          node('a', 'execute-notebook-node', {
            filename: 'a.ipynb',
            runtime_image: image,
            cpu: 2,
            gpu: 0,
            memory: 4,
            mounted_volumes: ['/mnt/a=claim'],
            kubernetes_secrets: ['TOKEN=secret:key']
          }),
          node('b', 'execute-python-node', {
            filename: 'b.py',
            runtime_image: image,
            mounted_volumes: [{ path: '/mnt/b', pvc_name: 'claim' }],
            kubernetes_secrets: [{ env_var: 'PASS', name: 's', key: 'k' }],
            kubernetes_tolerations: [{ operator: 'Exists' }],
            disable_node_caching: 'True'
          })
        ],
        {
          version: 1,
          ui_data: { comments: [{ id: 'c', content: 'look' }] },
          properties: { name: 'n', description: 'All of it' }
        }
      )
    );
    expect(result.notes.map(n => [n.kind, n.detail, n.steps])).toEqual([
      ['image', image, ['a', 'b']],
      ['resources', 'cpu 2, gpu 0, memory 4', ['a']],
      ['volumes', '/mnt/a', ['a']],
      ['secrets', 'TOKEN', ['a']],
      ['volumes', '/mnt/b', ['b']],
      ['secrets', 'PASS', ['b']],
      ['other', 'kubernetes_tolerations', ['b']],
      ['other', 'disable_node_caching', ['b']],
      ['comments', '1', []],
      ['description', 'All of it', []],
      ['old-paths', '', []]
    ]);
    expect(told(result)).toContain(
      ': 1 comment on the canvas is not carried over.'
    );
  });

  it('waits through components that are left out', () => {
    const result = imported(
      flow([
        node('a', 'execute-python-node', { filename: 'a.py' }),
        node(
          'x',
          'elyra-kfp-examples-catalog:a08014f9252f',
          { url: 'u' },
          { before: ['a'], label: 'Download data' }
        ),
        node(
          'y',
          'execute-notebook-node',
          {},
          { before: ['x'], label: 'Nothing' }
        ),
        node(
          'b',
          'execute-python-node',
          { filename: 'b.py' },
          { before: ['y', 'gone'] }
        )
      ])
    );
    const { byTitle } = result;
    expect(byTitle.get('b')?.incoming).toEqual([byTitle.get('a')?.step]);
    expect(result.notes.map(({ kind, detail }) => [kind, detail])).toEqual([
      ['component', 'Download data'],
      ['no-file', 'Nothing']
    ]);
  });

  it('has the steps of super nodes, connected through their ports', () => {
    const port = (id: string, binding: string, links: object[] = []) => ({
      id,
      subflow_node_ref: binding,
      links
    });
    const binding = (id: string, before: string[]) => ({
      id,
      type: 'binding',
      inputs: [
        {
          id: 'in',
          links: before.map(node_id_ref => ({
            node_id_ref,
            port_id_ref: 'outPort'
          }))
        }
      ],
      outputs: [{ id: 'outPort' }]
    });
    const inner = {
      id: 'inner',
      nodes: [
        binding('entry', []),
        node(
          'm',
          'execute-python-node',
          { filename: 'm.py' },
          { before: ['entry'], x: 5, y: 6 }
        ),
        binding('exit', ['m'])
      ]
    };
    const link = { node_id_ref: 'a', port_id_ref: 'outPort' };
    const result = imported(
      flow(
        [
          node('a', 'execute-python-node', { filename: 'a.py' }),
          {
            id: 's',
            type: 'super_node',
            subflow_ref: { pipeline_id_ref: 'inner' },
            app_data: { ui_data: { label: 'Super', x_pos: 100, y_pos: 200 } },
            inputs: [port('s_in', 'entry', [link])],
            outputs: [port('s_out', 'exit')]
          },
          node(
            'b',
            'execute-python-node',
            { filename: 'b.py' },
            { before: ['s'], port: 's_out' }
          )
        ],
        {},
        [inner]
      )
    );
    const { byTitle } = result;
    expect(result.notes).toEqual([]);
    expect(byTitle.get('m')?.incoming).toEqual([byTitle.get('a')?.step]);
    expect(byTitle.get('b')?.incoming).toEqual([byTitle.get('m')?.step]);
    expect(byTitle.get('m')?.position).toEqual({ x: 105, y: 206 });
  });

  it('of an old file has settings beside its data', () => {
    const text = flow([
      {
        id: GET,
        type: 'execution_node',
        op: 'execute-notebook-node',
        app_data: {
          filename: 'load.ipynb',
          runtime_image: 'i:1',
          env_vars: ['A=1'],
          outputs: ['d.csv'],
          invalidNodeError: null,
          ui_data: { label: 'load.ipynb', x_pos: 1, y_pos: 2 }
        }
      }
    ]);
    const { byTitle, notes } = imported(text);
    expect(byTitle.get('load')?.parameters).toContain('"A": "1"');
    expect(notes.map(({ kind }) => kind)).toEqual(['variables', 'image']);
  });

  it('is none if the file is something else', () => {
    expect(importElyra('{"steps": {}}', 'a', () => '')).toBeNull();
    expect(importElyra('{"pipelines": []}', 'a', () => '')).toBeNull();
    expect(importElyra('7', 'a', () => '')).toBeNull();
    expect(() => importElyra('{', 'a', () => '')).toThrow(SyntaxError);
    expect(imported(flow([])).steps).toBe(0);
  });
});

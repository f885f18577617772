import { Notification } from '@jupyterlab/apputils';
import { DocumentModel, DocumentRegistry } from '@jupyterlab/docregistry';
import { nullTranslator } from '@jupyterlab/translation';

import { freeName, folderPrefix, isStepFile } from '../../domain/stepfiles';
import { newPipeline } from '../../domain/pipeline/create';
import { readPipeline } from '../../domain/pipeline/read';
import { offerOwnUuid } from '../pipelinemaking';
import { IOrchestJobs } from '../tokens';

const UUID = '0915b350-b929-4cbd-b0d4-763cac0bb69f';

describe('an opened pipeline file', () => {
  const file = (path: string, project = 'p', uuid = UUID) => ({
    path,
    project,
    uuid,
    name: '',
    parameters_file: null
  });
  let model: DocumentModel;
  let saved: number;

  const opened = async (path: string, items: object[]) => {
    const context = {
      path,
      model,
      isDisposed: false,
      contentsModel: { writable: true },
      save: () => {
        saved += 1;
        return Promise.resolve();
      }
    } as unknown as DocumentRegistry.Context;
    const service = {
      client: { listPipelines: () => Promise.resolve({ items }) },
      trans: nullTranslator.load('')
    } as unknown as IOrchestJobs;
    await offerOwnUuid(context, service);
  };

  beforeEach(() => {
    model = new DocumentModel();
    model.fromString(newPipeline('a', UUID));
    model.dirty = false;
    saved = 0;
  });

  afterEach(() => {
    Notification.dismiss();
    model.dispose();
  });

  it('is offered its own UUID if it is a copy', async () => {
    await opened('p/b.orchest', [file('p/a.orchest'), file('p/b.orchest')]);
    const [told] = Notification.manager.notifications;
    expect(told.message).toContain('“p/b.orchest” has the same UUID as “p/a');
    told.options.actions?.[0].callback(new MouseEvent('click'));
    const { pipeline } = readPipeline(model.toString());
    expect(pipeline?.uuid).toMatch(/^[0-9a-f-]{36}$/);
    expect(pipeline?.uuid).not.toBe(UUID);
    expect(saved).toBe(1);
  });

  it.each([
    ['alone', [file('p/b.orchest')]],
    ['one of another project', [file('q/a.orchest', 'q'), file('p/b.orchest')]],
    ['unlike the others', [file('p/a.orchest', 'p', 'x'), file('p/b.orchest')]],
    ['not listed', [file('p/a.orchest')]]
  ])('is left alone if it is %s', async (_, items) => {
    await opened('p/b.orchest', items);
    expect(Notification.manager.notifications).toEqual([]);
  });
});

describe('files of steps', () => {
  it('are told by their extensions', () => {
    const names = ['a.ipynb', 'd.x/b.R', 'c.PY', 'd.sh', 'e.jl', 'f.js'];
    expect(names.every(isStepFile)).toBe(true);
    expect(['a.txt', 'py', 'a.py/b', 'x.orchest'].some(isStepFile)).toBe(false);
  });

  it('get pipelines beside them, under free names', () => {
    expect(freeName('a', '.orchest', ['b.orchest'])).toBe('a.orchest');
    expect(freeName('a', '.orchest', ['A.orchest', 'a-2.orchest'])).toBe(
      'a-3.orchest'
    );
    const paths = ['RTC:a/b/c.py', 'RTC:c.py', 'a/b:c.py', 'c.py'];
    expect(paths.map(folderPrefix)).toEqual(['RTC:a/b/', 'RTC:', 'a/', '']);
  });
});

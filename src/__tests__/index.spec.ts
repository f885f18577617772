import { DocumentRegistry } from '@jupyterlab/docregistry';

import plugin from '../index';

describe('the plugin', () => {
  it('has an id that matches the settings schema', () => {
    expect(plugin.id).toBe('jupyter-orchest-jobs:plugin');
  });

  it('registers the file type of pipelines', () => {
    const docRegistry = new DocumentRegistry();
    void plugin.activate({ docRegistry } as never, null);
    const names = docRegistry
      .getFileTypesForPath('demo/train.orchest')
      .map(fileType => fileType.name);
    expect(names).toContain('orchest');
  });
});

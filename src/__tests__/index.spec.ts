import { DocumentRegistry } from '@jupyterlab/docregistry';

import schema from '../../schema/plugin.json';
import plugins from '../index';
import { fileTypePlugin } from '../plugins/filetype';
import { CommandIDs } from '../plugins/tokens';

describe('the plugins', () => {
  it('have ids of this extension, each its own', () => {
    const ids = plugins.map(plugin => plugin.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) {
      expect(id).toMatch(/^jupyter-orchest-jobs:/);
    }
    expect(ids).toContain('jupyter-orchest-jobs:plugin');
  });

  it('need no token of JupyterLab, so that they also load elsewhere', () => {
    const required = plugins.flatMap(plugin => plugin.requires ?? []);
    const foreign = required.filter(
      token => !token.name.startsWith('jupyter-orchest-jobs:')
    );
    expect(foreign).toEqual([]);
  });

  it('have a command behind every entry of the context menus', () => {
    const commands: string[] = Object.values(CommandIDs);
    for (const item of schema['jupyter.lab.menus'].context) {
      if (item.type !== 'separator') {
        expect(commands).toContain(item.command);
      }
    }
  });

  it('register the file type of pipelines', () => {
    const docRegistry = new DocumentRegistry();
    void fileTypePlugin.activate({ docRegistry } as never, null);
    const names = docRegistry
      .getFileTypesForPath('demo/train.orchest')
      .map(fileType => fileType.name);
    expect(names).toContain('orchest');
  });
});

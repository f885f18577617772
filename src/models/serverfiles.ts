/** Files of the server, as far as models look at them. */

import type { Contents, ServerConnection } from '@jupyterlab/services';

export class ServerFiles {
  constructor(private readonly _contents: Pick<Contents.IManager, 'get'>) {}

  /** The names of the files of a folder; none if there is no such folder. */
  async list(folder: string): Promise<string[]> {
    try {
      const { content } = await this._contents.get(folder);
      return (content as Contents.IModel[])
        .filter(({ type }) => type !== 'directory')
        .map(({ name }) => name);
    } catch (reason) {
      const { response } = reason as Partial<ServerConnection.ResponseError>;
      if (response?.status === 404) {
        return [];
      }
      throw reason;
    }
  }

  /** The text of a file. */
  async read(path: string): Promise<string> {
    const { content } = await this._contents.get(path, {
      type: 'file',
      format: 'text',
      content: true
    });
    return content as string;
  }
}

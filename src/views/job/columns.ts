/** The columns of the runs table. */

import { TranslationBundle } from '@jupyterlab/translation';

import { RunKey } from '../../api/client';
import { IParameterColumn } from '../../domain/parameters';

export interface IColumn {
  readonly key: string;
  readonly title: string;
  readonly width: string;
  readonly align: 'start' | 'end';
  readonly kind: RunKey | 'parameter' | 'metric';
  /** For those by which the server sorts. */
  readonly sortKey?: RunKey;
  readonly parameter?: IParameterColumn;
}

/** Number and state, what differs between the runs, what came out of them, and when. */
export function columnsOf(
  parameters: readonly IParameterColumn[],
  metrics: readonly string[],
  trans: TranslationBundle
): IColumn[] {
  return [
    own('number', trans.__('Run'), '64px', 'end'),
    own('status', trans.__('Status'), '128px', 'start'),
    ...parameters.map((parameter): IColumn => ({
      key: `parameter:${parameter.scope}:${parameter.name}`,
      title: parameter.label,
      width: 'minmax(90px, 1fr)',
      align: 'start',
      kind: 'parameter',
      parameter
    })),
    ...metrics.map((name): IColumn => ({
      key: `metric:${name}`,
      title: name,
      width: 'minmax(80px, 0.6fr)',
      align: 'end',
      kind: 'metric'
    })),
    own('duration', trans.__('Duration'), '96px', 'end'),
    own('started_at', trans.__('Started'), 'minmax(120px, 0.8fr)', 'start')
  ];
}

/** The columns as a CSS grid template, the same in every row. */
export function templateOf(columns: readonly IColumn[]): string {
  return columns.map(column => column.width).join(' ');
}

function own(
  key: RunKey,
  title: string,
  width: string,
  align: IColumn['align']
): IColumn {
  return { key, title, width, align, kind: key, sortKey: key };
}

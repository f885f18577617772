/** The columns of the runs table. */

import { TranslationBundle } from '@jupyterlab/translation';

import { RunField, RunKey } from '../../api/client';
import { IParameterColumn } from '../../domain/parameters';

type OwnKey = Exclude<RunField, 'finished_at'>;

export interface IColumn {
  readonly key: string;
  readonly title: string;
  /** Pixels at least. */
  readonly width: number;
  /** Whether it takes a share of the room that is left. */
  readonly grows: boolean;
  readonly align: 'start' | 'end';
  readonly kind:
    Exclude<RunField, 'finished_at'> | 'batch' | 'parameter' | 'metric';
  /** For those by which the server sorts. */
  readonly sortKey?: RunKey;
  readonly parameter?: IParameterColumn;
}

/** A little more than a character of the code font is wide, and the space beside a text. */
const CHAR_PX = 8;
const PADDING_PX = 20;
const MOST_CHARS = 32;
const LEAST_CHARS = 8;
/** Six digits, a point, zeros before them, a sign. */
const NUMBER_CHARS = 10;

/** Number and state, what differs between the runs, what came out of them, and when. */
export function columnsOf(
  parameters: readonly IParameterColumn[],
  metrics: readonly string[],
  batches: number,
  trans: TranslationBundle
): IColumn[] {
  return [
    own('number', trans.__('Run'), 72, 'end'),
    ...(batches > 1 ? [batchColumn(trans)] : []),
    own('status', trans.__('Status'), 128, 'start'),
    ...parameters.map((parameter): IColumn => ({
      key: `parameter:${parameter.scope}:${parameter.name}`,
      title: parameter.label,
      width: widthOf(parameter.chars),
      grows: true,
      align: 'start',
      kind: 'parameter',
      parameter
    })),
    ...metrics.map((name): IColumn => ({
      key: `metric:${name}`,
      title: name,
      width: widthOf(Math.max(name.length, NUMBER_CHARS)),
      grows: true,
      align: 'end',
      kind: 'metric'
    })),
    own('duration', trans.__('Duration'), 104, 'end'),
    { ...own('started_at', trans.__('Started'), 136, 'start'), grows: true }
  ];
}

/** The columns as a CSS grid template, the same in every row. */
export function templateOf(columns: readonly IColumn[]): string {
  return columns
    .map(({ width, grows }) =>
      grows ? `minmax(${width}px, ${width}fr)` : `${width}px`
    )
    .join(' ');
}

/** Pixels that all columns need at least. */
export function leastWidth(columns: readonly IColumn[]): number {
  return columns.reduce((sum, column) => sum + column.width, 0);
}

function widthOf(chars: number): number {
  const shown = Math.max(LEAST_CHARS, Math.min(MOST_CHARS, chars));
  return shown * CHAR_PX + PADDING_PX;
}

function own(
  key: OwnKey,
  title: string,
  width: number,
  align: IColumn['align']
): IColumn {
  return { key, title, width, align, grows: false, kind: key, sortKey: key };
}

function batchColumn(trans: TranslationBundle): IColumn {
  return {
    key: 'batch',
    title: trans.__('Batch'),
    width: 64,
    grows: false,
    align: 'end',
    kind: 'batch'
  };
}

/** The columns of the tables of runs. */

import { TranslationBundle } from '@jupyterlab/translation';

import { RunField, RunKey } from '../../api/client';
import { JobStep } from '../../api/types';
import { IArrangeable } from '../../domain/arrangement';
import { IParameterColumn } from '../../domain/parameters';

export interface IColumn extends IArrangeable {
  readonly title: string;
  /** Whether it takes a share of the room that is left. */
  readonly grows: boolean;
  readonly align: 'start' | 'end';
  readonly kind:
    | RunField
    | 'select'
    | 'job'
    | 'batch'
    | 'parameter'
    | 'metric'
    | 'attempt'
    | 'size'
    | 'reason'
    | 'step';
  /** For those by which the server sorts. */
  readonly sortKey?: RunKey;
  readonly parameter?: IParameterColumn;
  /** Id of the step. */
  readonly step?: string;
}

/** A little more than a character of the code font is wide, and the space beside a text. */
const CHAR_PX = 8;
const PADDING_PX = 20;
const MOST_CHARS = 32;
const LEAST_CHARS = 8;
/** Six digits, a point, zeros before them, a sign. */
const NUMBER_CHARS = 10;

/** Number and state, what differs between the runs of a job, what came out of them, and when. */
export function jobColumns(
  parameters: readonly IParameterColumn[],
  metrics: readonly string[],
  batches: number,
  trans: TranslationBundle
): IColumn[] {
  return [
    ...identity(trans),
    { ...plain('batch', trans.__('Batch'), 64, 'end'), extra: batches < 2 },
    ...parameters.map((parameter): IColumn => ({
      key: `parameter:${parameter.scope}/${parameter.name}`,
      title: parameter.label,
      width: widthOf(parameter.chars),
      grows: true,
      align: 'start',
      kind: 'parameter',
      sortKey: `parameter:${parameter.scope}/${parameter.name}`,
      extra: !parameter.differs,
      parameter
    })),
    ...metrics.map((name): IColumn => ({
      key: `metric:${name}`,
      title: name,
      width: widthOf(Math.max(name.length, NUMBER_CHARS)),
      grows: true,
      align: 'end',
      kind: 'metric',
      sortKey: `metric:${name}`
    })),
    ...outcome(trans)
  ];
}

/** What the runs of all jobs have in common. */
export function allColumns(trans: TranslationBundle): IColumn[] {
  return [
    ...identity(trans),
    { ...plain('job', trans.__('Job'), 220, 'start'), grows: true },
    plain('batch', trans.__('Batch'), 64, 'end'),
    ...outcome(trans)
  ];
}

/** One column for each step, beside number and state. */
export function matrixColumns(
  steps: readonly JobStep[],
  trans: TranslationBundle
): IColumn[] {
  return [
    ...identity(trans),
    ...steps.map(({ step, title }): IColumn => ({
      key: `step:${step}`,
      title,
      width: 112,
      grows: false,
      align: 'start',
      kind: 'step',
      step
    })),
    sorted('duration', trans.__('Duration'), 104, 'end')
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

/** What tells a run from others stays in view when the rest is scrolled. */
function identity(trans: TranslationBundle): IColumn[] {
  return [
    {
      key: 'select',
      title: trans.__('Select'),
      width: 34,
      grows: false,
      align: 'start',
      kind: 'select',
      fixed: true
    },
    { ...sorted('number', trans.__('Run'), 80, 'end'), fixed: true },
    sorted('status', trans.__('Status'), 132, 'start')
  ];
}

function outcome(trans: TranslationBundle): IColumn[] {
  return [
    sorted('duration', trans.__('Duration'), 112, 'end'),
    { ...sorted('started_at', trans.__('Started'), 136, 'start'), grows: true },
    {
      ...sorted('finished_at', trans.__('Finished'), 136, 'start'),
      extra: true
    },
    {
      ...plain('reason', trans.__('What went wrong'), 240, 'start'),
      grows: true,
      extra: true
    },
    { ...plain('attempt', trans.__('Attempt'), 80, 'end'), extra: true },
    { ...plain('size', trans.__('Size of its files'), 120, 'end'), extra: true }
  ];
}

function widthOf(chars: number): number {
  const shown = Math.max(LEAST_CHARS, Math.min(MOST_CHARS, chars));
  return shown * CHAR_PX + PADDING_PX;
}

function plain(
  kind: Exclude<IColumn['kind'], 'parameter' | 'metric' | 'step'>,
  title: string,
  width: number,
  align: IColumn['align']
): IColumn {
  return { key: kind, title, width, align, grows: false, kind };
}

function sorted(
  kind: RunField,
  title: string,
  width: number,
  align: IColumn['align']
): IColumn {
  return { ...plain(kind, title, width, align), sortKey: kind };
}

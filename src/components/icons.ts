/** Icons of our own. Those of states take the colour of their text; see StatusIcon. */

import { LabIcon } from '@jupyterlab/ui-components';

import { Status } from '../domain/status';

/** Three boxes in a row: steps of a pipeline. */
export const pipelineIcon = new LabIcon({
  name: 'orchest-jobs:pipeline',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 22 22">
  <path class="jp-icon3 jp-icon-selectable" fill="#616161" d="M2 4h7v5H6.5v4.25H13V11h7v6h-7v-2.25H5V9H2zm1.5 1.5v2h4v-2zm11 7v3h4v-3z"/>
</svg>`
});

/** A pipeline with a play sign: jobs. */
export const jobsIcon = new LabIcon({
  name: 'orchest-jobs:jobs',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 22 22">
  <path class="jp-icon3 jp-icon-selectable" fill="#616161" d="M3 4h10v1.8H3zm0 5h8v1.8H3zm0 5h6v1.8H3zm9-3.2 8 4.6-8 4.6z"/>
</svg>`
});

/** A page with a play sign: one run. */
export const runIcon = new LabIcon({
  name: 'orchest-jobs:run',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 22 22">
  <path class="jp-icon3 jp-icon-selectable" fill="#616161" d="M11 2.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zm0 1.8a6.7 6.7 0 1 1 0 13.4 6.7 6.7 0 0 1 0-13.4zM9 7.3v7.4l5.8-3.7z"/>
</svg>`
});

/** Two bars, as on every player. */
export const pauseIcon = new LabIcon({
  name: 'orchest-jobs:pause',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 22 22">
  <path class="jp-icon3 jp-icon-selectable" fill="#616161" d="M6 4h3.5v14H6zm6.5 0H16v14h-3.5z"/>
</svg>`
});

/** A pin: what is kept. */
export const pinIcon = new LabIcon({
  name: 'orchest-jobs:pin',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 22 22">
  <path class="jp-icon3 jp-icon-selectable" fill="#616161" d="M7 3h8v1.6h-1.4v5L16 12v1.6h-4.1V19h-1.8v-5.4H6V12l2.4-2.4v-5H7z"/>
</svg>`
});

/** A triangle with an exclamation mark: something is wrong here. */
export const problemIcon = new LabIcon({
  name: 'orchest-jobs:problem',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16"><path d="M8 1.5 15 14H1zM7.2 6v4h1.6V6zm0 5.2v1.6h1.6v-1.6z" fill="currentColor" fill-rule="evenodd"/></svg>`
});

const RING = 'cx="8" cy="8" r="6" fill="none" stroke="currentColor"';

const SHAPES: Record<Status, string> = {
  draft: `<circle ${RING} stroke-width="1.6" stroke-dasharray="2.4 2.3"/>`,
  scheduled: `<circle ${RING} stroke-width="1.6"/><path d="M8 4.6V8l2.4 1.6" fill="none" stroke="currentColor" stroke-width="1.6"/>`,
  pending: `<circle ${RING} stroke-width="1.6"/>`,
  running: `<circle ${RING} stroke-width="2" stroke-opacity=".28"/><path class="jp-OrchestJobs-turning" d="M8 2a6 6 0 0 1 6 6" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"/>`,
  paused:
    '<path d="M4 3h3v10H4zm5 0h3v10H9z" fill="currentColor" stroke="none"/>',
  succeeded:
    '<path d="m2.8 8.6 3.4 3.4 7-7.6" fill="none" stroke="currentColor" stroke-width="2.2"/>',
  failed:
    '<path d="m3.5 3.5 9 9m0-9-9 9" fill="none" stroke="currentColor" stroke-width="2.2"/>',
  cancelled:
    '<path d="M3.5 3.5h9v9h-9z" fill="none" stroke="currentColor" stroke-width="1.8"/>',
  interrupted:
    '<path d="M5.4 2.6a6 6 0 0 0 0 10.8M10.6 2.6a6 6 0 0 1 0 10.8M9 3.4 6.6 8h2.8L7 12.6" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/>',
  skipped:
    '<path d="M2.2 10.5C3.4 6.6 6 5 8.2 5c2 0 3.6 1.2 4.6 3.2M13.6 4.4v4.2H9.4" fill="none" stroke="currentColor" stroke-width="1.8"/>'
};

/** One icon per state. */
export const statusIcons = Object.fromEntries(
  Object.entries(SHAPES).map(([status, shape]) => [
    status,
    new LabIcon({
      name: `orchest-jobs:status-${status}`,
      svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16">${shape}</svg>`
    })
  ])
) as Record<Status, LabIcon>;

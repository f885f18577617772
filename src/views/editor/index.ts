/** The editor of a job. Loaded when the first one is shown. */

export { JobEditor as default } from './body';

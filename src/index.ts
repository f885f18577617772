/** Orchest Jobs in JupyterLab: the plugins, and nothing else. */

import { allRunsPlugin } from './plugins/allruns';
import { editorPlugin } from './plugins/editor';
import { fileTypePlugin } from './plugins/filetype';
import { runningPlugin, statusBarPlugin } from './plugins/home';
import { jobActsPlugin } from './plugins/jobacts';
import { notificationsPlugin } from './plugins/notifications';
import { pipelineFilesPlugin } from './plugins/pipelinefiles';
import { pipelinesPlugin } from './plugins/pipelines';
import { resultsPlugin } from './plugins/results';
import { runActsPlugin } from './plugins/runacts';
import { runAsJobPlugin } from './plugins/runasjob';
import { servicesPlugin } from './plugins/services';
import { sidebarPlugin } from './plugins/sidebar';
import { tabsPlugin } from './plugins/tabs';

export default [
  fileTypePlugin,
  pipelineFilesPlugin,
  servicesPlugin,
  sidebarPlugin,
  notificationsPlugin,
  runningPlugin,
  statusBarPlugin,
  tabsPlugin,
  allRunsPlugin,
  jobActsPlugin,
  resultsPlugin,
  runActsPlugin,
  runAsJobPlugin,
  editorPlugin,
  pipelinesPlugin
];

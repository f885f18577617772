/**
 * What the frame of a rendered notebook may do.
 *
 * It shows a page of ours, without scripts and with nothing from the notebook, around a second
 * frame, which does without the server's origin: scripts of the notebook run there, since plots
 * need them, but reach neither cookies nor the API, and can't lead the frame elsewhere. The page
 * between keeps the server's origin: the server lets only pages of its own frame the notebook.
 * Should the notebook ever stand in the first frame, the header of its own page shuts it in.
 */
export const FRAME_SANDBOX = ['allow-scripts', 'allow-same-origin'] as const;

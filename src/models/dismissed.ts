/** The notice that was last dismissed in this browser, by its text. */

const KEY = 'jupyter-orchest-jobs:dismissed-notice';

export function dismissedNotice(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // Storage may be forbidden.
  }
}

export function keepDismissed(notice: string): void {
  try {
    localStorage.setItem(KEY, notice);
  } catch {
    // Full or forbidden: then it is dismissed until the page is loaded again.
  }
}

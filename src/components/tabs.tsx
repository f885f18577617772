/** A row of tabs with the panel of the chosen one, as ARIA describes them. */

import React, { useId, useRef } from 'react';

export interface ITab<K extends string> {
  readonly id: K;
  readonly label: string;
}

export function Tabs<K extends string>(props: {
  /** What the tabs are about, for screen readers. */
  label: string;
  tabs: readonly ITab<K>[];
  current: K;
  onChoose: (id: K) => void;
  /** The contents of the chosen one. */
  children: React.ReactNode;
}): JSX.Element {
  const { label, tabs, current, onChoose, children } = props;
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const at = tabs.findIndex(tab => tab.id === current);

  const onKeyDown = (event: React.KeyboardEvent) => {
    const to: Record<string, number> = {
      ArrowRight: (at + 1) % tabs.length,
      ArrowLeft: (at + tabs.length - 1) % tabs.length,
      Home: 0,
      End: tabs.length - 1
    };
    if (event.key in to) {
      event.preventDefault();
      onChoose(tabs[to[event.key]].id);
      (list.current?.children[to[event.key]] as HTMLElement).focus();
    }
  };

  return (
    <>
      <div
        ref={list}
        className="jp-OrchestJobs-tabs"
        role="tablist"
        aria-label={label}
        onKeyDown={onKeyDown}
      >
        {tabs.map(tab => (
          <button
            key={tab.id}
            id={`${id}-${tab.id}`}
            className="jp-OrchestJobs-tabButton"
            role="tab"
            aria-selected={tab.id === current}
            aria-controls={`${id}-panel`}
            tabIndex={tab.id === current ? 0 : -1}
            onClick={() => onChoose(tab.id)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div
        id={`${id}-panel`}
        className="jp-OrchestJobs-tabPanel"
        role="tabpanel"
        aria-labelledby={`${id}-${current}`}
      >
        {children}
      </div>
    </>
  );
}

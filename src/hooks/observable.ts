/** State of a model in a component. */

import { useCallback, useSyncExternalStore } from 'react';

import { IObservable } from '../models/store';

/** The model's state; the component is rendered again when it is replaced. */
export function useObservable<S>(model: IObservable<S>): S {
  const subscribe = useCallback(
    (onChange: () => void) => {
      const slot = () => onChange();
      model.changed.connect(slot);
      return () => {
        model.changed.disconnect(slot);
      };
    },
    [model]
  );
  return useSyncExternalStore(subscribe, () => model.state);
}

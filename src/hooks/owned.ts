/** A model that lives as long as a component. */

import { IDisposable } from '@lumino/disposable';
import { useEffect, useState } from 'react';

/** Made when the component is first rendered, disposed of when it goes. */
export function useOwned<M extends IDisposable>(make: () => M): M {
  const [model] = useState(make);
  useEffect(() => () => model.dispose(), [model]);
  return model;
}

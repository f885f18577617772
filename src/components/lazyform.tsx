/** A form that is loaded when there is a schema to show; until then, something else is there. */

import React, { lazy, Suspense } from 'react';

import type { ISchemaFormProps } from './schemaform';

const SchemaForm = lazy(
  () => import(/* webpackChunkName: "schema-form" */ './schemaform')
);

export function LazyForm(
  props: ISchemaFormProps & { fallback: JSX.Element }
): JSX.Element {
  const { fallback, ...form } = props;
  return (
    <Suspense fallback={fallback}>
      <SchemaForm {...form} />
    </Suspense>
  );
}

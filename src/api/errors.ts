/** What can go wrong between browser and server, as one kind of error. */

import { Problem } from './types';

/** Who failed: nobody answered, the server half isn't installed, or it said no. */
export type ApiErrorKind = 'unreachable' | 'missing' | 'refused';

export class ApiError extends Error {
  constructor(
    readonly kind: ApiErrorKind,
    message: string,
    details: Partial<
      Pick<ApiError, 'status' | 'code' | 'problems' | 'accept'>
    > = {}
  ) {
    super(message);
    this.name = 'ApiError';
    this.status = details.status ?? 0;
    this.code = details.code ?? '';
    this.problems = details.problems ?? [];
    this.accept = details.accept ?? null;
  }

  /** HTTP status; 0 if nobody answered. */
  readonly status: number;
  /** The server's stable name of the error. */
  readonly code: string;
  readonly problems: readonly Problem[];
  /** The word that agrees to the consequence, if agreeing is all that is missing. */
  readonly accept: string | null;
}

/** Any thrown thing as an ApiError; what isn't one comes from the browser's own network layer. */
export function toApiError(reason: unknown): ApiError {
  if (reason instanceof ApiError) {
    return reason;
  }
  return new ApiError(
    'unreachable',
    reason instanceof Error ? reason.message : String(reason)
  );
}

/** The error in an answer with a status of 400 and above. */
export async function errorOf(response: Response): Promise<ApiError> {
  let body: unknown = null;
  try {
    body = await response.json();
  } catch {
    // Not JSON: a proxy, or Jupyter's own page.
  }
  const ours = isErrorBody(body) ? body : null;
  const { status } = response;
  if (ours === null && status === 404) {
    // Our own 404 always carries a code: this one is of a server without us.
    return new ApiError('missing', response.statusText, { status });
  }
  if (ours === null && [502, 503, 504].includes(status)) {
    return new ApiError('unreachable', response.statusText, { status });
  }
  return new ApiError('refused', ours?.message ?? response.statusText, {
    status,
    code: ours?.code,
    problems: ours?.problems,
    accept: ours?.accept
  });
}

interface IErrorBody {
  code: string;
  message: string;
  problems?: Problem[];
  accept?: string | null;
}

function isErrorBody(body: unknown): body is IErrorBody {
  return (
    typeof body === 'object' &&
    body !== null &&
    typeof (body as IErrorBody).code === 'string' &&
    typeof (body as IErrorBody).message === 'string'
  );
}

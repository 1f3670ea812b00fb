/** Spans of our own, where nobody borrowed makes them. Without tracing they cost nothing and go nowhere. */
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

/** Runs `work` in a span; of an error only its class is kept, since messages belong to the log, which scrubs them. */
export function inSpan<T>(
  name: string,
  attributes: Readonly<Record<string, string>>,
  work: () => Promise<T>,
  kind: 'internal' | 'client' = 'internal',
): Promise<T> {
  const options = { attributes, kind: kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL };
  return trace.getTracer('shenji').startActiveSpan(name, options, async (span) => {
    try {
      return await work();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).name });
      throw error;
    } finally {
      span.end();
    }
  });
}

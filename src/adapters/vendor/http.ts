/** HTTP to vendors: bounded in time and size, and every way it can fail named. */
import { Agent, EnvHttpProxyAgent, request, type Dispatcher } from 'undici';
import { inSpan } from '../../observe/span.ts';
import { UnansweredError } from '../../sdk/errors.ts';
import type { VendorHttp, VendorReply, VendorRequest } from '../../sdk/http.ts';

/** One call as it ended; `error` is what it threw. */
export type VendorCall = {
  readonly vendor: string;
  readonly api: string;
  readonly seconds: number;
  readonly error: unknown;
};

export type ClosableHttp = VendorHttp & {
  /** Cuts off what is under way: whoever closes waits for no answer any more. */
  close(): Promise<void>;
};

/** A page of 100 records of 100 kB each is far beyond what was ever seen. */
const MAX_REPLY_BYTES = 64 * 1024 * 1024;

/** By the code of what went wrong on the way to the vendor. */
const REMEDIES: readonly (readonly [code: RegExp, remedy: string])[] = [
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'see whether this machine resolves the name (DNS), or goes by a proxy (HTTPS_PROXY), and baseUrl'],
  [/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/, 'see whether a firewall is on the way, or a proxy needed (HTTPS_PROXY), and baseUrl'],
  [/CERT|SELF_SIGNED|UNABLE_TO_VERIFY/, 'a proxy on the way that shows a certificate of its own needs NODE_EXTRA_CA_CERTS'],
]; // prettier-ignore

function explain(error: Error & { code?: unknown }): string {
  // A DOMException's code is a number.
  const code = typeof error.code === 'string' ? error.code : error.name;
  const remedy = REMEDIES.find(([codes]) => codes.test(code))?.[1];
  if (remedy !== undefined) return `${error.message === '' ? code : error.message}; ${remedy}`;
  if (code.includes('TIMEOUT') || code === 'TimeoutError') return 'no answer in time';
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return `an answer of more than ${MAX_REPLY_BYTES / 1024 / 1024} MB`;
  return error.message === '' ? code : error.message;
}

/** `proxied`: `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` are honoured, as undici reads them. `onCall` hears of every call's end. */
export function createVendorHttp(proxied: boolean, onCall: (call: VendorCall) => void = () => undefined): ClosableHttp {
  const options: Agent.Options = { maxResponseSize: MAX_REPLY_BYTES, connections: 64, connect: { timeout: 10_000 } };
  const dispatcher: Dispatcher = proxied ? new EnvHttpProxyAgent(options) : new Agent(options);

  async function exchange(call: VendorRequest): Promise<VendorReply> {
    const { vendor, api, method, url, headers, body, timeoutMs } = call;
    call.signal.throwIfAborted();
    const signal = AbortSignal.any([call.signal, AbortSignal.timeout(timeoutMs)]);
    try {
      const reply = await request(url, {
        dispatcher,
        method,
        headers,
        body: body ?? null,
        signal,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      });
      const text = await reply.body.text();
      const header = (name: string): string | undefined => {
        const value = reply.headers[name];
        return Array.isArray(value) ? value[0] : value;
      };
      const date = new Date(header('date') ?? '');
      return { status: reply.statusCode, header, body: text, date: Number.isNaN(date.getTime()) ? undefined : date };
    } catch (error) {
      call.signal.throwIfAborted();
      throw new UnansweredError(`${vendor} ${api}: ${explain(error as Error)}`, { vendor, api, cause: error });
    }
  }

  async function send<T>(call: VendorRequest, read: (reply: VendorReply) => T): Promise<T> {
    const { vendor, api } = call;
    const startedAt = performance.now();
    const end = (error?: unknown): void =>
      onCall({ vendor, api, seconds: (performance.now() - startedAt) / 1_000, error });
    try {
      const attributes = { 'server.address': new URL(call.url).hostname, 'shenji.vendor': vendor, 'shenji.api': api };
      const result = await inSpan(`${vendor} ${api}`, attributes, async () => read(await exchange(call)), 'client');
      end();
      return result;
    } catch (error) {
      end(error);
      throw error;
    }
  }

  return { send, close: () => dispatcher.destroy() };
}

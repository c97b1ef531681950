import { z } from 'zod';
import type { VenueFailure } from '../../../core/ports/exchange.ts';
import { always, unknownIfSent, type Complaint, type ErrorTable, type Meaning } from './failure.ts';

/** The names under which venues write code and text of an error. */
const codeNames = ['code', 'retCode', 'error_code', 'errorCode', 'err_code', 'label'];
const textNames = ['msg', 'message', 'retMsg', 'error_message', 'errorMessage', 'err_msg', 'error'];

const fine = new Set(['0', '00000', '200', '200000', '']);

const shape = z.record(z.string(), z.unknown());

const textIn = (answer: Readonly<Record<string, unknown>>, names: readonly string[]): string => {
  const value = names.map((name) => answer[name]).find((each) => typeof each === 'string' || typeof each === 'number');
  return value === undefined ? '' : String(value);
};

/** How venues say that a request's timestamp is not within their window: OKX, Bybit, KuCoin, Bitget, Gate, MEXC. */
const timeWords = /time[ _-]?stamp|recv[ _-]?window|request[ _-]expired/i;

/** Texts that say the same at most venues, and that no accepted order gets; of the time a copy of one does. */
const meanings: readonly (readonly [text: RegExp, meaning: Meaning])[] = [
  [timeWords, unknownIfSent('rejected')],
  [/insufficient[ _-]?(balance|funds?|margin)|balance[ _](is )?not enough/i, always('rejected')],
  [/invalid[ _-]?(api[ _-]?key|key|sign(ature)?|passphrase)|permission denied|unauthorized/i, always('badCredentials')],
  [/would immediately (match|trigger)|post[ _-]?only/i, always('rejected')],
  [/too many (requests|visits)|rate[ _-]?limit/i, always('rateLimited', 10_000)],
  [/order[ _](does not exist|not[ _]found|not[ _]exists?)|unknown order/i, always('unknownOrder')],
];

/** A venue that we have no table for: what is not plain from the text is unknown, so that it is looked up. */
export const otherErrors: ErrorTable = {
  complaint: (answer): Complaint | undefined => {
    const read = shape.safeParse(answer);
    if (!read.success) return undefined;
    const code = textIn(read.data, codeNames);
    const text = textIn(read.data, textNames);
    return fine.has(code) ? undefined : { code, text: text === '' ? code : text };
  },
  meaning: ({ text, code }) => meanings.find(([pattern]) => pattern.test(`${code} ${text}`))?.[1],
  statusMeaning: (status) =>
    status === 429 || status === 418
      ? always('rateLimited', 60_000)
      : status === 401
        ? always('badCredentials')
        : undefined,
};

/** Whether the venue refused because of the request's time: its clock, or ours, was set. */
export const isOfTime = ({ code, message }: VenueFailure): boolean => timeWords.test(`${code} ${message}`);

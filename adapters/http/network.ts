import { ADDRCONFIG } from 'node:dns';
import { lookup } from 'node:dns/promises';
import type { Duplex } from 'node:stream';
import { connect } from 'node:tls';
import { DeskError } from '../../core/errors.ts';
import { isPublicAddress } from './public-address.ts';

/** A place to connect to: the name is what the certificate has to say, the address is where the packets go. */
export type Endpoint = Readonly<{ host: string; address: string; port: number }>;

/** The outside world, as tests can stand in for it: names, and TLS connections to addresses that were checked. */
export type Network = Readonly<{
  resolve: (host: string) => Promise<readonly string[]>;
  connect: (endpoint: Endpoint) => Duplex;
}>;

/**
 * The internet: names by the system's resolver, of the families that this machine speaks; TLS 1.2 or later with the
 * certificates that Node trusts.
 */
export const internet: Network = {
  resolve: async (host) => (await lookup(host, { all: true, hints: ADDRCONFIG })).map(({ address }) => address),
  connect: ({ host, address, port }) =>
    connect({ host: address, port, servername: host, ALPNProtocols: ['http/1.1'], minVersion: 'TLSv1.2' }),
};

/**
 * Where a host is, resolved once: the connection goes to this very address, so that a name that answers differently
 * the second time (DNS rebinding) gains nothing. One address that is not public spoils the answer.
 */
export async function publicEndpoint(host: string, network: Network): Promise<Endpoint> {
  const addresses = await network.resolve(host);
  const inside = addresses.find((address) => !isPublicAddress(address));
  if (inside !== undefined) {
    const expected = 'addresses of the public internet only';
    throw new DeskError('SourceChanged', `${host} resolves to an address inside`, { expected, found: inside });
  }
  if (addresses.length === 0) throw new DeskError('NotReachable', `${host} has no address`);
  return { host, address: addresses[0], port: 443 };
}

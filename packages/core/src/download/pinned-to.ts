import { isIPv6, type LookupFunction } from "node:net";

/** A lookup that knows only these addresses: a connection goes to what was checked, whatever the name means by then. */
export function pinnedTo(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  // Node asks for all addresses, to try one after the other, or for one, depending on its settings.
  return (_host, { all }, callback) => {
    if (all === true) callback(null, found);
    else callback(null, found[0]?.address ?? "", found[0]?.family);
  };
}

//! Which addresses the answer offers: what we listen on, or what stands for it outside.

use std::net::{IpAddr, SocketAddr};

/// More host candidates than this only slow the peer's checks down.
const MOST: usize = 16;

/// The addresses that a peer can reach us at. `public` stands in for all of ours behind NAT.
pub(crate) fn reachable(
    bound: &[SocketAddr],
    public: &[IpAddr],
    interfaces: &[IpAddr],
) -> Vec<SocketAddr> {
    let mut found = Vec::new();
    for address in bound {
        let ips: Vec<IpAddr> = if !public.is_empty() {
            same_family(public, address)
        } else if address.ip().is_unspecified() {
            same_family(interfaces, address)
        } else {
            vec![address.ip()]
        };
        for ip in ips {
            let candidate = SocketAddr::new(ip, address.port());
            if !found.contains(&candidate) && found.len() < MOST {
                found.push(candidate);
            }
        }
    }
    // What works from anywhere first, loopback last: the order becomes the priority.
    found.sort_by_key(|address| (address.ip().is_loopback(), address.is_ipv6()));
    found
}

fn same_family(ips: &[IpAddr], address: &SocketAddr) -> Vec<IpAddr> {
    ips.iter()
        .copied()
        .filter(|ip| ip.is_ipv4() == address.is_ipv4())
        .collect()
}

/// This machine's addresses, without those that mean nothing to another machine.
pub(crate) fn interfaces() -> Vec<IpAddr> {
    let all = if_addrs::get_if_addrs().unwrap_or_default();
    all.into_iter()
        .map(|interface| interface.ip())
        .filter(|ip| !is_link_local(ip))
        .collect()
}

fn is_link_local(ip: &IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ips(list: &[&str]) -> Vec<IpAddr> {
        list.iter()
            .map(|ip| ip.parse().expect("an address"))
            .collect()
    }

    fn addresses(list: &[&str]) -> Vec<SocketAddr> {
        list.iter()
            .map(|address| address.parse().expect("an address"))
            .collect()
    }

    #[test]
    fn a_wildcard_becomes_every_interface_of_its_family_loopback_last() {
        let interfaces = ips(&["127.0.0.1", "192.168.1.7", "10.0.0.2", "::1", "2001:db8::1"]);
        assert_eq!(
            reachable(&addresses(&["0.0.0.0:9"]), &[], &interfaces),
            addresses(&["192.168.1.7:9", "10.0.0.2:9", "127.0.0.1:9"])
        );
        assert_eq!(
            reachable(&addresses(&["[::]:9"]), &[], &interfaces),
            addresses(&["[2001:db8::1]:9", "[::1]:9"])
        );
    }

    #[test]
    fn a_public_address_hides_our_own() {
        assert_eq!(
            reachable(
                &addresses(&["10.0.0.2:9", "0.0.0.0:9"]),
                &ips(&["203.0.113.5"]),
                &[]
            ),
            addresses(&["203.0.113.5:9"])
        );
    }

    #[test]
    fn a_fixed_address_is_offered_as_it_is() {
        assert_eq!(
            reachable(&addresses(&["127.0.0.1:9"]), &[], &ips(&["192.168.1.7"])),
            addresses(&["127.0.0.1:9"])
        );
    }

    #[test]
    fn a_machine_with_many_addresses_is_bounded() {
        let many: Vec<IpAddr> = (0..200).map(|n| IpAddr::from([10, 0, 0, n])).collect();
        assert_eq!(
            reachable(&addresses(&["0.0.0.0:9"]), &[], &many).len(),
            MOST
        );
    }
}

//! Where media is listened for: which UDP sockets stand behind the addresses that callers are told.

use crate::config::Config;
use server_transport::{Transport, TransportOptions};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

const EVERY_V4: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
const EVERY_V6: IpAddr = IpAddr::V6(Ipv6Addr::UNSPECIFIED);

/// One UDP port. A server on loopback takes calls from every address of this machine, and from no
/// other, unless it is told of public addresses.
pub(crate) async fn bind(config: &Config, address: SocketAddr) -> Result<Arc<Transport>, String> {
    let port = if config.media_port == 0 {
        address.port()
    } else {
        config.media_port()
    };
    let options = |listen| TransportOptions {
        listen,
        public: config.public_addresses.clone(),
        max_peers: config.most_calls,
    };
    if address.ip().is_loopback() && address.is_ipv4() && config.public_addresses.is_empty() {
        let everywhere = options(vec![SocketAddr::new(EVERY_V4, port)]);
        match Transport::bind_within_machine(everywhere).await {
            Ok(transport) => return Ok(transport),
            Err(error) => {
                tracing::warn!("only 127.0.0.1 is used, which Firefox cannot call: {error}")
            }
        }
    }
    let listen = addresses(address.ip(), port, &config.public_addresses);
    let bound = Transport::bind(options(listen)).await;
    bound.map_err(|error| format!("{error}. Choose another UDP port with --media-port PORT"))
}

/// The page behind a proxy on loopback says nothing about the sound, which no proxy carries: there the
/// public addresses decide. And the transport's [::] takes no IPv4, as that of the page does.
fn addresses(listen: IpAddr, port: u16, public: &[IpAddr]) -> Vec<SocketAddr> {
    let ips: Vec<IpAddr> = if listen.is_loopback() && !public.is_empty() {
        let has = |v4: bool| public.iter().any(|ip| ip.is_ipv4() == v4);
        let both = [(EVERY_V4, has(true)), (EVERY_V6, has(false))];
        both.into_iter()
            .filter_map(|(ip, has)| has.then_some(ip))
            .collect()
    } else if listen == EVERY_V6 {
        vec![EVERY_V6, EVERY_V4]
    } else {
        vec![listen]
    };
    ips.into_iter()
        .map(|ip| SocketAddr::new(ip, port))
        .collect()
}

/// Those that callers would never be told, since no socket is of their kind.
pub(crate) fn unreachable(listen: IpAddr, public: &[IpAddr]) -> Vec<IpAddr> {
    let bound = addresses(listen, 0, public);
    let reached = |ip: &IpAddr| bound.iter().any(|at| at.is_ipv4() == ip.is_ipv4());
    public.iter().copied().filter(|ip| !reached(ip)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_is_listened_for_where_callers_are_told_to_send_it() {
        let (v4, v6) = ("203.0.113.7", "2001:db8::7");
        let table: [(&str, &[&str], &[&str]); 9] = [
            ("127.0.0.1", &[], &["127.0.0.1:9"]),
            ("127.0.0.1", &[v4], &["0.0.0.0:9"]),
            ("127.0.0.1", &[v6], &["[::]:9"]),
            ("::1", &[v4], &["0.0.0.0:9"]),
            ("::1", &[v6, v4], &["0.0.0.0:9", "[::]:9"]),
            ("::", &[], &["[::]:9", "0.0.0.0:9"]),
            ("::", &[v4], &["[::]:9", "0.0.0.0:9"]),
            ("0.0.0.0", &[v4], &["0.0.0.0:9"]),
            ("192.0.2.1", &[v4], &["192.0.2.1:9"]),
        ];
        for (listen, public, wanted) in table {
            let listen = listen.parse().expect("an address");
            let public = public.iter().map(|ip| ip.parse().expect("an address"));
            let public: Vec<IpAddr> = public.collect();
            let found = addresses(listen, 9, &public);
            let found: Vec<String> = found.iter().map(SocketAddr::to_string).collect();
            assert_eq!(found, wanted, "{listen} {public:?}");
            assert!(unreachable(listen, &public).is_empty());
        }
    }
}

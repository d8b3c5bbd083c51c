//! `--lan`: what a phone needs to call: a certificate, a key, and an address to scan.

use qrcode::QrCode;
use qrcode::render::unicode;
use rcgen::{CertificateParams, KeyPair};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::{fs, io};

/// What is kept in the data folder, so that a phone that has trusted the server once knows it again.
pub(crate) struct Lan {
    pub(crate) address: IpAddr,
    pub(crate) certificate_pem: String,
    pub(crate) private_key_pem: String,
    pub(crate) key: String,
}

/// Reads what was kept, or makes it. The address that is listened on is shown, unless it is all of them, and a key that
/// somebody has set.
pub(crate) fn prepare(data: &Path, listen: IpAddr, set: Option<&str>) -> Result<Lan, String> {
    let named = Some(listen).filter(|listen| !listen.is_unspecified());
    let address = named.or_else(own_address).ok_or(
        "this machine has no address on a local network; connect it to the network of the phone",
    )?;
    fs::create_dir_all(data).map_err(|error| cannot(data, &error))?;
    let mint = || Ok(format!("lan-{:032x}", rand::random::<u128>()));
    let key = match set {
        Some(key) => key.to_owned(),
        None => kept(&data.join("lan.key"), mint)?,
    };
    let private_key_pem = kept(&data.join("lan-tls.key"), || {
        let made = KeyPair::generate().map_err(|error| unmade(&error))?;
        Ok(made.serialize_pem())
    })?;
    let certificate_pem = kept(&data.join(certificate_name(address)), || {
        certificate(address, &private_key_pem).map_err(|error| unmade(&error))
    })?;
    Ok(Lan {
        address,
        certificate_pem,
        private_key_pem,
        key,
    })
}

/// Of the one private key, so that the certificates of earlier addresses stay good.
fn certificate(address: IpAddr, private_key_pem: &str) -> Result<String, rcgen::Error> {
    let names = vec![address.to_string(), "localhost".to_owned()];
    let key = KeyPair::from_pem(private_key_pem)?;
    Ok(CertificateParams::new(names)?.self_signed(&key)?.pem())
}

fn unmade(error: &rcgen::Error) -> String {
    format!(
        "no certificate could be made ({error}): remove lan-tls.key from the data folder, and a \
         new one is made"
    )
}

/// A certificate names its address: another address needs another.
fn certificate_name(address: IpAddr) -> String {
    format!("lan-{}.crt", address.to_string().replace([':', '.'], "-"))
}

fn kept(path: &Path, make: impl FnOnce() -> Result<String, String>) -> Result<String, String> {
    match fs::read_to_string(path) {
        Ok(text) if !text.trim().is_empty() => Ok(text.trim().to_owned()),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(cannot(path, &error)),
        _ => {
            let text = make()?;
            write_private(path, &text)?;
            Ok(text)
        }
    }
}

/// Readable by its owner only.
fn write_private(path: &Path, text: &str) -> Result<(), String> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = options.open(path).map_err(|error| cannot(path, &error))?;
    file.write_all(text.as_bytes())
        .map_err(|error| cannot(path, &error))
}

fn cannot(path: &Path, error: &io::Error) -> String {
    format!(
        "{} cannot be used: {error}; name another folder with --data",
        path.display()
    )
}

/// The address at which a phone on the same network reaches this machine.
fn own_address() -> Option<IpAddr> {
    let addresses = if_addrs::get_if_addrs().ok()?;
    let usable = |ip: &Ipv4Addr| !ip.is_loopback() && !ip.is_link_local();
    let mut found: Vec<Ipv4Addr> = addresses
        .iter()
        .filter_map(|interface| match interface.ip() {
            IpAddr::V4(ip) if usable(&ip) => Some(ip),
            _ => None,
        })
        .collect();
    found.sort_by_key(|ip| !ip.is_private());
    found.first().copied().map(IpAddr::V4)
}

/// The address with the key in its fragment, which no server ever sees, as text and as a code to scan.
pub(crate) fn invitation(lan: &Lan, port: u16) -> String {
    let address = SocketAddr::new(lan.address, port);
    let url = format!("https://{address}/#key={}", encoded(&lan.key));
    let code = QrCode::new(&url).map_or_else(
        |_| String::new(),
        |code| code.render::<unicode::Dense1x2>().quiet_zone(true).build(),
    );
    format!(
        "{code}\n\nOn a phone in the same network, scan this or open\n\n  {url}\n\n\
         The certificate is this server's own: the phone asks once whether to trust it.\n"
    )
}

/// The page reads the fragment as a query: there `+`, `&` and `%` in a key would mean something else.
fn encoded(key: &str) -> String {
    let mut text = String::with_capacity(key.len());
    for byte in key.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_that_is_listened_on_is_shown() {
        let data = std::env::temp_dir().join(format!("repartee-lan-{}", std::process::id()));
        let (named, all) = ("2001:db8::7", "0.0.0.0");
        let shown = |listen: &str| {
            let listen = listen.parse().expect("an address");
            prepare(&data, listen, Some("K"))
        };
        let lan = shown(named).expect("the folder can be written");
        assert!(invitation(&lan, 8080).contains("https://[2001:db8::7]:8080/#key=K"));
        let everywhere = shown(all).map(|lan| lan.address);
        assert_ne!(everywhere, Ok(IpAddr::from([0, 0, 0, 0])));
        fs::remove_dir_all(&data).expect("it was made");
    }

    #[test]
    fn a_key_is_shown_as_the_page_reads_it_back() {
        let lan = Lan {
            address: IpAddr::from([192, 0, 2, 1]),
            certificate_pem: String::new(),
            private_key_pem: String::new(),
            key: "a+b&c=d%20/e-._~9".to_owned(),
        };
        let shown = invitation(&lan, 8080);
        let wanted = "https://192.0.2.1:8080/#key=a%2Bb%26c%3Dd%2520%2Fe-._~9\n";
        assert!(shown.contains(wanted), "{shown}");
    }
}

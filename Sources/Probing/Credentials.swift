import CCurl
public import Plans

extension LiveNetwork {
  /// What is wrong with the certificates and keys in files, as a sentence; nil when nothing is.
  public static func problem(with tls: ProbeSettings.TLS) -> String? {
    var reason: UnsafePointer<CChar>?
    let found = outage_pem_check(tls.authorities, tls.certificate, tls.key, &reason)
    let why = reason.map { String(cString: $0) } ?? "no reason is known"
    func unusable(_ what: String, _ path: String?) -> String {
      "there is no \(what) in \(path ?? "") (\(why)); it must be PEM, and without a passphrase"
    }
    return switch found {
    case outage_pem_authorities: unusable("certificate", tls.authorities)
    case outage_pem_certificate: unusable("certificate", tls.certificate)
    case outage_pem_key: unusable("key", tls.key)
    case outage_pem_pair: "the key in \(tls.key ?? "") is not that of \(tls.certificate ?? "")"
    default: nil
    }
  }
}

import Foundation
import Glibc

/// A certificate of loopback's address, of an authority of the tests' own.
struct Certificate {
  var path: String
  var key: String

  enum Kind: String, CaseIterable {
    case good, expired, stranger, client
    case selfSigned = "self-signed"
  }

  /// Makes a folder with `ca.pem` and a certificate of each kind.
  static func make(in folder: String) throws -> [Kind: Certificate] {
    try openssl(
      "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=tests "
        + "-keyout ca.key -out ca.pem", folder)
    var made: [Kind: Certificate] = [:]
    for kind in Kind.allCases {
      let name = kind.rawValue
      let subject = kind == .stranger ? "DNS:stranger.test" : "IP:127.0.0.1"
      try "subjectAltName=\(subject)".write(
        toFile: folder + "/\(name).ext", atomically: false, encoding: .utf8)
      try openssl(
        "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=\(name) "
          + "-keyout \(name).key -out \(name).csr", folder)
      let days = kind == .expired ? "-days -1" : "-days 20"
      let issuer =
        kind == .selfSigned
        ? "-signkey \(name).key" : "-CA ca.pem -CAkey ca.key -CAcreateserial"
      try openssl(
        "x509 -req -in \(name).csr \(issuer) \(days) -extfile \(name).ext -out \(name).pem",
        folder)
      made[kind] = Certificate(path: "\(folder)/\(name).pem", key: "\(folder)/\(name).key")
    }
    return made
  }

  private static func openssl(_ arguments: String, _ folder: String) throws {
    let command = "cd \(folder) && openssl \(arguments)"
    let status = try Child(["sh", "-c", command]).wait()
    if status != 0 { throw POSIXError(.EINVAL) }
  }
}

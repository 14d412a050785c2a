import Foundation
import Glibc

/// Two hosts of the tests' own, a cable between them: network namespaces with a pair of interfaces.
final class TwoHosts {
  let here: String
  let there: String

  /// Why none can be made, or nil.
  static let obstacle: String? = {
    if geteuid() != 0 { return "needs to be root" }
    for tool in ["ip", "nft"] where (try? Child(["sh", "-c", "command -v \(tool)"]).wait()) != 0 {
      return "needs \(tool)"
    }
    do {
      _ = try TwoHosts(number: 0)
      return nil
    } catch { return "needs the right to make network namespaces" }
  }()

  convenience init() throws { try self.init(number: Int.random(in: 1..<1_000_000)) }

  private init(number: Int) throws {
    (here, there) = ("outage-\(getpid())-\(number)-a", "outage-\(getpid())-\(number)-b")
    try run(
      """
      ip netns add \(here) && ip netns add \(there)
      ip -n \(here) link add near type veth peer name far netns \(there)
      for at in \(here):near:1 \(there):far:2; do
        set -- $(echo $at | tr : ' ')
        ip -n $1 link set lo up
        ip -n $1 address add 10.77.0.$3/24 dev $2
        ip -n $1 address add fd77::$3/64 dev $2 nodad
        ip -n $1 link set $2 up
      done
      ip -n \(there) address add 10.77.0.3/24 dev far
      mkdir -p /etc/netns/\(here)
      echo 'nameserver 10.77.0.2' >/etc/netns/\(here)/resolv.conf
      """)
  }

  deinit {
    try? run(
      "ip netns del \(here); ip netns del \(there); rm -rf /etc/netns/\(here); rmdir /etc/netns 2>/dev/null"
    )
  }

  private struct Refused: Error { var script: String }

  private func run(_ script: String) throws {
    if try Child(["sh", "-ec", script]).wait() != 0 { throw Refused(script: script) }
  }

  /// What the far host does with packets that come in.
  func filter(_ rules: String) throws {
    try run(
      """
      ip netns exec \(there) nft 'flush ruleset; table inet t { chain c {
        type filter hook input priority 0;
        \(rules)
      }
      }'
      """)
  }

  /// What our own host does with packets that go out.
  func filterOurs(_ rules: String) throws {
    try run(
      """
      ip netns exec \(here) nft 'flush ruleset; table inet t { chain c {
        type filter hook output priority 0;
        \(rules)
      }
      }'
      """)
  }

  /// Whom our host asks for names.
  func resolver(_ address: String) throws {
    try run("echo 'nameserver \(address)' >/etc/netns/\(here)/resolv.conf")
  }

  func configure(_ setting: String) throws {
    try run("ip netns exec \(here) sysctl -qw \(setting)")
  }

  /// A server on the far host.
  func serve(_ arguments: [String]) throws -> Child {
    try Child(["ip", "netns", "exec", there] + arguments)
  }

  /// The wrapper of what runs on our host.
  var wrapper: [String] { ["ip", "netns", "exec", here] }
}

import CAres
import CLinux
import Glibc
import Outages

/// ICMP echo over either family, from one socket each: of the kind that needs no privilege where the
/// system allows it, and raw where it does not.
final class EchoProber {
  /// Why echo cannot be asked for.
  struct NotAllowed: Error, CustomStringConvertible {
    var reason: String

    var description: String {
      "ICMP echo is not allowed here (\(reason)); as root, either "
        + "sysctl -w net.ipv4.ping_group_range='0 2147483647', or "
        + "setcap cap_net_raw+ep on the program, or take tcp:// instead of icmp://"
    }
  }

  private struct Socket {
    var descriptor: Int32
    var family: Int32
    var isRaw: Bool
    /// Of raw sockets, which we set ourselves; else the system's business.
    var identifier: UInt16
    var opened: Int64
    /// How many of its requests are in flight.
    var count = 0
    /// Whether another socket has taken its place.
    var isRetired = false
  }

  private struct Request {
    var ticket: Int
    var target: Int
    var socket: Int32
    /// When it was sent, in nanoseconds of CLOCK_REALTIME.
    var sent: Int64
    var token: UInt64
  }

  private let poller: Poller
  private var current: [Int32: Int32] = [:]
  private var sockets: [Int32: Socket] = [:]
  /// By the socket and the sequence number.
  private var requests: [UInt64: Request] = [:]
  private var keys: [Int: UInt64] = [:]
  private var sequence: UInt16 = 0
  private var random = SystemRandomNumberGenerator()
  /// Since when targets have not answered, in microseconds of CLOCK_MONOTONIC.
  private var silentSince: [Int: Int64] = [:]
  private let findings: Findings
  private var buffer = [UInt8](repeating: 0, count: 2048)

  /// A target that is silent for so long is asked under another identifier: some middlebox may
  /// hold on to a state in which the old one's packets are lost.
  static let longSilence: Int64 = 300_000_000
  private let longSilence: Int64

  init(_ poller: Poller, _ findings: Findings, longSilence: Int64 = EchoProber.longSilence) {
    (self.poller, self.findings, self.longSilence) = (poller, findings, longSilence)
  }

  deinit { for socket in sockets.keys { close(socket) } }

  /// Opens the socket of a family ahead of the first request.
  func open(_ family: Int32, at now: Int64) throws(NotAllowed) {
    if current[family] != nil { return }
    let number = Int32(family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6)
    let flags = Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    var descriptor = socket(family, Int32(SOCK_DGRAM.rawValue) | flags, number)
    let isRaw = descriptor < 0
    if isRaw { descriptor = socket(family, Int32(SOCK_RAW.rawValue) | flags, number) }
    // A host without a family has no way to its addresses either, and says so with each probe.
    if descriptor < 0, errno == EAFNOSUPPORT { return }
    if descriptor < 0 { throw NotAllowed(reason: systemText(errno)) }
    outage_echo_options(descriptor, family)
    poller.watch(descriptor, for: .echoes, read: true, write: false, isNew: true)
    sockets[descriptor] = Socket(
      descriptor: descriptor, family: family, isRaw: isRaw, identifier: random.next(), opened: now)
    current[family] = descriptor
  }

  /// Under which descriptors requests go out now, and what still waits for answers.
  var openSockets: Set<Int32> { Set(sockets.keys) }

  func begin(
    _ ticket: Int, _ target: Int, _ address: SocketAddress, source: SourceAddress?, at now: Int64
  ) {
    renew(address.family, for: target, at: now)
    do {
      try open(address.family, at: now)
    } catch {
      return findings.add(Finding(ticket, .prevented(.descriptors), error.description))
    }
    guard let descriptor = current[address.family], let socket = sockets[descriptor] else {
      return findings.add(
        Finding(ticket, .prevented(.noRoute), "this host has no such addresses"))
    }
    guard let key = freeKey(descriptor) else {
      return findings.add(
        Finding(ticket, .prevented(.ports), "65,536 echo requests are in flight"))
    }
    let request = Request(
      ticket: ticket, target: target, socket: descriptor, sent: WallClock.realNanoseconds,
      token: random.next())
    let packet = EchoPacket.request(
      family: address.family, identifier: socket.identifier, sequence: sequence,
      token: request.token)
    var error = send(packet, from: descriptor, to: address, source)
    if error != 0 {
      // It may be what another's request has met, which the system tells whoever sends next.
      readErrors(socket, at: now)
      error = send(packet, from: descriptor, to: address, source)
    }
    if error != 0 {
      let isOurs = !address.hasRoute(from: source)
      let trouble = isOurs ? .noRoute : Trouble(systemError: error)
      let outcome =
        trouble.map { Outcome.prevented($0) } ?? .failed(Failure(systemError: error) ?? .other)
      return findings.add(Finding(ticket, outcome, in: .first, systemText(error)))
    }
    requests[key] = request
    keys[ticket] = key
    sockets[descriptor]?.count += 1
  }

  /// A request has waited long enough.
  func giveUp(_ ticket: Int, at now: Int64) {
    guard let key = keys[ticket], let request = take(key) else { return }
    fail(request.target, at: now)
  }

  /// Reads what a socket has.
  func act(on event: Poller.Event, at now: Int64) {
    guard let socket = sockets[event.descriptor] else { return }
    if event.hasFailed { readErrors(socket, at: now) }
    var echo = outage_echo()
    for _ in 0..<EchoProber.mostAtOnce {
      if outage_echo_receive(socket.descriptor, 0, &buffer, buffer.count, &echo) != 0 { return }
      answer(socket, echo)
    }
  }

  /// A flood is read in parts, so that all others have their turn.
  private static let mostAtOnce = 512

  private func readErrors(_ socket: Socket, at now: Int64) {
    var echo = outage_echo()
    let queue = Int32(MSG_ERRQUEUE)
    for _ in 0..<EchoProber.mostAtOnce {
      if outage_echo_receive(socket.descriptor, queue, &buffer, buffer.count, &echo) != 0 { return }
      refuse(socket, echo, at: now)
    }
  }

  // MARK: Packets

  /// Returns the system's error, or 0.
  private func send(
    _ packet: [UInt8], from socket: Int32, to address: SocketAddress, _ source: SourceAddress?
  ) -> Int32 {
    address.with { to, length in
      let sent =
        switch source {
        case .address(let from) where from.family == address.family:
          from.with { from, _ in
            outage_echo_send(socket, to, length, packet, packet.count, from, 0)
          }
        case .address: outage_echo_send(socket, to, length, packet, packet.count, nil, 0)
        case .interface(let name):
          if_nametoindex(name) == 0
            ? -1
            : outage_echo_send(
              socket, to, length, packet, packet.count, nil, if_nametoindex(name))
        case nil: outage_echo_send(socket, to, length, packet, packet.count, nil, 0)
        }
      return sent < 0 ? errno : 0
    }
  }

  /// The packet in the buffer, when it is of ours.
  private func packet(_ socket: Socket, _ echo: outage_echo, isReply: Bool) -> EchoPacket? {
    let packet = EchoPacket(
      buffer.prefix(max(0, echo.length)), family: socket.family, isReply: isReply,
      // Raw sockets of IPv4 deliver replies with their IP header.
      hasIPHeader: isReply && socket.isRaw && socket.family == AF_INET)
    return !socket.isRaw || packet?.identifier == socket.identifier ? packet : nil
  }

  private func answer(_ socket: Socket, _ echo: outage_echo) {
    guard let packet = packet(socket, echo, isReply: true) else { return }
    let key = EchoProber.key(socket.descriptor, packet.sequence)
    guard let token = packet.token, requests[key]?.token == token, let request = take(key) else {
      return
    }
    silentSince[request.target] = nil
    let received = echo.received > 0 ? echo.received : WallClock.realNanoseconds
    let milliseconds = Double(max(0, received - request.sent)) / 1e6
    findings.add(Finding(request.ticket, .answered(milliseconds: milliseconds)))
  }

  /// A message that there is no way, from a router or from ourselves.
  private func refuse(_ socket: Socket, _ echo: outage_echo, at now: Int64) {
    guard let packet = packet(socket, echo, isReply: false) else { return }
    let key = EchoProber.key(socket.descriptor, packet.sequence)
    guard let request = take(key) else { return }
    fail(request.target, at: now)
    let offender = withUnsafePointer(to: echo.offender) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { SocketAddress($0)?.text }
    }
    let sentence = systemText(echo.error) + (offender.map { ", says \($0)" } ?? "")
    let word = Failure(systemError: echo.error) ?? .unreachable
    findings.add(Finding(request.ticket, .failed(word), in: .first, sentence))
  }

  // MARK: Requests in flight

  private static func key(_ socket: Int32, _ sequence: UInt16) -> UInt64 {
    UInt64(UInt32(bitPattern: socket)) << 16 | UInt64(sequence)
  }

  /// The next sequence number that is not in flight.
  private func freeKey(_ socket: Int32) -> UInt64? {
    for _ in 0...UInt16.max {
      sequence &+= 1
      let key = EchoProber.key(socket, sequence)
      if requests[key] == nil { return key }
    }
    return nil
  }

  private func take(_ key: UInt64) -> Request? {
    guard let request = requests.removeValue(forKey: key) else { return nil }
    keys[request.ticket] = nil
    sockets[request.socket]?.count -= 1
    if let socket = sockets[request.socket], socket.isRetired, socket.count == 0 { shut(socket) }
    return request
  }

  // MARK: Identifiers

  private func fail(_ target: Int, at now: Int64) {
    if silentSince[target] == nil { silentSince[target] = now }
  }

  /// Opens another socket, and so gets another identifier, for the sake of a target that has long
  /// been silent; at most once in so long.
  private func renew(_ family: Int32, for target: Int, at now: Int64) {
    guard let since = silentSince[target], now - since >= longSilence,
      let old = current[family].flatMap({ sockets[$0] }),
      now - old.opened >= longSilence
    else { return }
    current[family] = nil
    sockets[old.descriptor]?.isRetired = true
    if old.count == 0 { shut(old) }
  }

  private func shut(_ socket: Socket) {
    poller.forget(socket.descriptor)
    close(socket.descriptor)
    sockets[socket.descriptor] = nil
  }
}

import CAres
import CLinux
import Glibc
import Outages
import Plans

/// Names to addresses, through c-ares: nothing blocks, nothing is remembered, and whoever asks for
/// the same name at the same time gets the same answer.
///
/// A name that gets no useful answer is the target's failure if our resolver answers something else
/// meanwhile, and our own trouble if it answers nobody. So that there is something else, the resolver
/// is asked for the servers of the root, which each knows.
final class Resolver {
  struct Name: Hashable {
    var host: String
    var family: ProbeSettings.Family?
  }

  enum Answer {
    case addresses([SocketAddress])
    case failed(String)
    case prevented(Trouble, String)
  }

  private final class Query {
    let name: Name
    let begun: Int64
    var patience: Int64
    var waiting: Set<Int>
    /// What c-ares said, while it is not known yet whose failure that is.
    var failure: String?
    weak var resolver: Resolver?

    init(
      _ name: Name, at now: Int64, patience: Int64, for ticket: Int, _ resolver: Resolver
    ) {
      (self.name, begun, waiting, self.resolver) = (name, now, [ticket], resolver)
      self.patience = patience
    }
  }

  private let poller: Poller
  private var channel: ares_channel?
  private var queries: [Name: Query] = [:]
  private var watched: Set<Int32> = []
  private var answers: [(ticket: Int, answer: Answer)] = []
  /// When the resolver last answered anything useful, and since when it is asked for the root;
  /// microseconds of CLOCK_MONOTONIC.
  private var lastUseful: Int64 = -1
  private var control: Int64?
  /// What is answered while it is being asked came from a file, and says nothing of the resolver.
  private var isAsking = false
  private var now: Int64 = 0
  private var configured = timespec()
  private var looked: Int64 = 0

  /// Without an answer for so long, or a third of what a probe may take, the resolver is asked for the
  /// root.
  private static let patience: Int64 = 500_000
  private static let configuration = "/etc/resolv.conf"

  init(_ poller: Poller) { self.poller = poller }

  deinit { channel.map { ares_destroy($0) } }

  /// Whether anybody waits, so that `tick` must be called ten times a second.
  var isBusy: Bool { !queries.isEmpty || control != nil }

  /// `timeout` is what the probe may take, in microseconds.
  func resolve(_ name: Name, for ticket: Int, timeout: Int64, at now: Int64) {
    self.now = now
    let patience = min(Resolver.patience, timeout / 3)
    if let query = queries[name] {
      query.waiting.insert(ticket)
      query.patience = min(query.patience, patience)
      return
    }
    guard openChannel() != nil else {
      answers.append((ticket, .prevented(.memory, "c-ares cannot be initialised")))
      return
    }
    let query = Query(name, at: now, patience: patience, for: ticket, self)
    queries[name] = query
    ask(query)
  }

  private func ask(_ query: Query) {
    guard let channel else { return }
    var hints = ares_addrinfo_hints()
    hints.ai_family =
      switch query.name.family {
      case .ipv4: AF_INET
      case .ipv6: AF_INET6
      case nil: AF_UNSPEC
      }
    isAsking = true
    ares_getaddrinfo(
      channel, query.name.host, nil, &hints,
      { context, status, _, result in
        guard let context else { return }
        let query = Unmanaged<Query>.fromOpaque(context).takeRetainedValue()
        query.resolver?.hear(query, status, result)
        result.map { ares_freeaddrinfo($0) }
      }, Unmanaged.passRetained(query).toOpaque())
    isAsking = false
  }

  /// A probe does not wait any longer. Returns what kept it waiting, for its outcome.
  func giveUp(_ ticket: Int, on name: Name) -> Answer {
    guard let query = queries[name] else { return .failed("no answer in time") }
    query.waiting.remove(ticket)
    if query.waiting.isEmpty { queries[name] = nil }
    return verdict(on: query, query.failure ?? "the resolver did not answer in time")
  }

  func act(on event: Poller.Event, at now: Int64) {
    guard let channel else { return }
    self.now = now
    event.process(channel)
  }

  /// Time has passed: c-ares may ask again, and a silent resolver is put to the test.
  func tick(at now: Int64) {
    guard isBusy else { return }
    self.now = now
    guard let channel = openChannel() else { return }
    ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD)
    let isDoubtful = queries.values.contains {
      $0.begun > lastUseful && now - $0.begun > $0.patience
    }
    if isDoubtful { testResolver() }
  }

  var hasAnswers: Bool { !answers.isEmpty }

  /// What was answered since this was last asked.
  func takeAnswers() -> [(ticket: Int, answer: Answer)] {
    if answers.isEmpty { return [] }
    defer { answers.removeAll(keepingCapacity: true) }
    return answers
  }

  // MARK: Answers

  private func hear(
    _ query: Query, _ status: Int32, _ result: UnsafeMutablePointer<ares_addrinfo>?
  ) {
    let isUseful = Resolver.isUseful(status)
    if isUseful, !isAsking { lastUseful = now }
    // Nobody waits for it any more, or it was cancelled with its channel.
    guard queries[query.name] === query, status != ARES_EDESTRUCTION else { return }
    if status == ARES_SUCCESS, let result {
      return settle(query, .addresses(Resolver.addresses(result)))
    }
    let reason = String(cString: ares_strerror(status))
    if isUseful { return settle(query, .failed("\(query.name.host): \(reason)")) }
    if lastUseful >= query.begun { return settle(query, verdict(on: query, reason)) }
    query.failure = reason
    testResolver()
  }

  /// Whether a resolver that says so has done its work.
  private static func isUseful(_ status: Int32) -> Bool {
    [ARES_SUCCESS, ARES_ENOTFOUND, ARES_ENODATA].contains(status)
  }

  private func settle(_ query: Query, _ answer: Answer) {
    queries[query.name] = nil
    for ticket in query.waiting { answers.append((ticket, answer)) }
  }

  private func verdict(on query: Query, _ reason: String) -> Answer {
    lastUseful >= query.begun
      ? .failed("\(query.name.host): \(reason)")
      : .prevented(.resolver, "our resolver answers nobody: \(reason)")
  }

  private static func addresses(_ result: UnsafeMutablePointer<ares_addrinfo>) -> [SocketAddress] {
    var addresses: [SocketAddress] = []
    var next = result.pointee.nodes
    while let node = next {
      if let address = node.pointee.ai_addr.flatMap({ SocketAddress($0) }) {
        addresses.append(address)
      }
      next = node.pointee.ai_next
    }
    return addresses
  }

  // MARK: The resolver's health

  private func testResolver() {
    guard control == nil, let channel else { return }
    control = now
    ares_query(
      channel, ".", 1, 2,
      { context, status, _, _, _ in
        guard let context, status != ARES_EDESTRUCTION else { return }
        Unmanaged<Resolver>.fromOpaque(context).takeUnretainedValue().hearControl(status)
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  private func hearControl(_ status: Int32) {
    control = nil
    if Resolver.isUseful(status) { lastUseful = now }
    for query in queries.values {
      if let failure = query.failure { settle(query, verdict(on: query, failure)) }
    }
  }

  // MARK: The channel

  /// The channel, made anew when the system has other resolvers than it had; those are then asked
  /// what the old ones have not answered.
  private func openChannel() -> ares_channel? {
    if channel == nil || now - looked > 1_000_000 {
      looked = now
      var status = stat()
      stat(Resolver.configuration, &status)
      let isSame =
        status.st_mtim.tv_sec == configured.tv_sec && status.st_mtim.tv_nsec == configured.tv_nsec
      if let old = channel, !isSame {
        (channel, control) = (nil, nil)
        ares_destroy(old)
      }
      if channel == nil {
        configured = status.st_mtim
        channel = makeChannel()
        queries.values.forEach(ask)
      }
    }
    return channel
  }

  private func makeChannel() -> ares_channel? {
    guard ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS else { return nil }
    var options = ares_options()
    options.timeout = 1000
    options.tries = 3
    options.sock_state_cb = { context, socket, read, write in
      guard let context else { return }
      Unmanaged<Resolver>.fromOpaque(context).takeUnretainedValue()
        .watch(socket, read: read != 0, write: write != 0)
    }
    // Unretained is sound: deinit destroys the channel, and with it all callbacks.
    options.sock_state_cb_data = Unmanaged.passUnretained(self).toOpaque()
    var made: ares_channel?
    let mask = ARES_OPT_SOCK_STATE_CB | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES
    return ares_init_options(&made, &options, mask) == ARES_SUCCESS ? made : nil
  }

  private func watch(_ socket: Int32, read: Bool, write: Bool) {
    if !read, !write {
      watched.remove(socket)
      poller.forget(socket)
      return
    }
    let isNew = watched.insert(socket).inserted
    poller.watch(socket, for: .names, read: read, write: write, isNew: isNew)
  }
}

extension Poller.Event {
  /// Hands it to a channel of c-ares, which takes a descriptor for reading and one for writing.
  func process(_ channel: ares_channel) {
    ares_process_fd(
      channel, canRead || hasFailed ? descriptor : ARES_SOCKET_BAD,
      canWrite || hasFailed ? descriptor : ARES_SOCKET_BAD)
  }
}

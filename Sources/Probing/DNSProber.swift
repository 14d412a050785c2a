import CAres
import Outages
import Plans

/// Questions to a name server of choice, through c-ares, over UDP or TCP.
final class DNSProber {
  private let poller: Poller
  private var idle: [DNSChannel] = []
  private var spent: [DNSChannel] = []
  private var busy: [Int: DNSChannel] = [:]
  private var sockets: [Int32: DNSChannel] = [:]
  private let findings: Findings
  private var now: Int64 = 0

  init(_ poller: Poller, _ findings: Findings) { (self.poller, self.findings) = (poller, findings) }

  /// Lets go of channels that c-ares has done with.
  func tidy() {
    if !spent.isEmpty { spent.removeAll(keepingCapacity: true) }
  }

  /// Asks; without a server, the system's are asked. `now` is in microseconds of CLOCK_MONOTONIC.
  func begin(
    _ ticket: Int, _ question: DNSQuestion, server: SocketAddress?, port: UInt16,
    _ settings: ProbeSettings, at now: Int64
  ) {
    self.now = now
    // A channel that was told a server does not know the system's any more.
    let index = server == nil ? nil : idle.lastIndex { $0.isOverTCP == question.isOverTCP }
    let reused = index.map { idle.remove(at: $0) }
    guard let channel = reused ?? DNSChannel(isOverTCP: question.isOverTCP, self)
    else {
      findings.add(Finding(ticket, .prevented(.memory), "c-ares cannot be initialised"))
      return
    }
    if let server {
      let isSet = server.withBytes {
        outage_ares_set_server(channel.pointer, server.family, $0, Int32(port))
      }
      if isSet != ARES_SUCCESS {
        findings.add(Finding(ticket, .prevented(.memory), String(cString: ares_strerror(isSet))))
        return
      }
    }
    (channel.ticket, channel.begun, channel.systemError) = (ticket, now, 0)
    channel.server = server
    channel.expectation = settings.expectation
    channel.source = settings.source.map(SourceAddress.init)
    channel.isBusy = true
    busy[ticket] = channel
    // Unretained is sound: a channel that is busy is kept in `busy`, and one that goes takes its
    // callbacks with it.
    ares_query(
      channel.pointer, question.name, Int32(1), outage_dns_type(question.type),
      { context, status, _, answer, length in
        guard let context else { return }
        let channel = Unmanaged<DNSChannel>.fromOpaque(context).takeUnretainedValue()
        let bytes = answer.map { Array(UnsafeBufferPointer(start: $0, count: Int(length))) } ?? []
        channel.prober?.hear(channel, status, bytes)
      }, Unmanaged.passUnretained(channel).toOpaque())
  }

  /// A question has waited long enough.
  func giveUp(_ ticket: Int) {
    guard let channel = busy[ticket] else { return }
    release(channel)
    ares_cancel(channel.pointer)
  }

  func act(on event: Poller.Event, at now: Int64) {
    guard let channel = sockets[event.descriptor] else { return }
    self.now = now
    event.process(channel.pointer)
  }

  // MARK: Answers

  private func hear(_ channel: DNSChannel, _ status: Int32, _ answer: [UInt8]) {
    guard channel.isBusy else { return }
    let ticket = channel.ticket
    defer { release(channel) }
    guard answer.count >= 12 else {
      findings.add(failure(of: channel, status))
      return
    }
    let milliseconds = Double(now - channel.begun) / 1000
    let code = Int(answer[3] & 0x0f)
    var detail = Detail()
    detail.status = code
    detail.bytes = answer.count
    detail.phases.first = milliseconds
    let (records, isWhole) = DNSRecord.all(in: answer)
    detail.answers = records.map(\.text)
    if let problem = channel.expectation.problem(code: code, detail.answers, isWhole: isWhole) {
      (detail.died, detail.sentence) = (.first, problem)
      findings.add(Finding(ticket, .failed(isWhole ? .status : .other), detail))
    } else {
      findings.add(Finding(ticket, .answered(milliseconds: milliseconds), detail))
    }
  }

  private func failure(of channel: DNSChannel, _ status: Int32) -> Finding {
    let phase: Detail.Phase = channel.isOverTCP ? .connect : .first
    if channel.systemError != 0 {
      let sentence = systemText(channel.systemError)
      // Who asks the system's resolver and finds no way has none to his own.
      let isOurs =
        channel.server.map { !$0.hasRoute(from: channel.source) }
        ?? (Failure(systemError: channel.systemError) == .unreachable)
      if let trouble = isOurs ? .noRoute : Trouble(systemError: channel.systemError) {
        return Finding(channel.ticket, .prevented(trouble), in: phase, sentence)
      }
      let word = Failure(systemError: channel.systemError) ?? .other
      return Finding(channel.ticket, .failed(word), in: phase, sentence)
    }
    // c-ares calls it so when a server has closed the connection.
    if channel.isOverTCP, status == ARES_ECONNREFUSED {
      return Finding(
        channel.ticket, .failed(.reset), in: .first, "the server closed the connection")
    }
    let sentence = String(cString: ares_strerror(status))
    let word: Failure = status == ARES_ETIMEOUT ? .timeout : .other
    return Finding(channel.ticket, .failed(word), in: phase, sentence)
  }

  private func release(_ channel: DNSChannel) {
    channel.isBusy = false
    busy[channel.ticket] = nil
    // c-ares may be at work in it just now, so it is not let go of before that is over.
    let isReusable = idle.count < 64 && channel.source == nil && channel.systemError == 0
    if isReusable { idle.append(channel) } else { spent.append(channel) }
  }

  // MARK: Channels

  func watch(_ socket: Int32, of channel: DNSChannel, read: Bool, write: Bool) {
    if !read, !write {
      sockets[socket] = nil
      poller.forget(socket)
      return
    }
    let isNew = sockets.updateValue(channel, forKey: socket) == nil
    poller.watch(socket, for: .questions, read: read, write: write, isNew: isNew)
  }
}

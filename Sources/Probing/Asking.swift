import Outages
import Plans

/// The way of a probe: its name is resolved where it has one, and then it is asked.
extension LiveNetwork {
  /// `host` is the one that the gate has let it in for.
  func begin(_ station: Station, _ waiting: Gate.Waiting, host: Int) {
    let late = now - waiting.due
    punctuality.note(late)
    let name = station.name
    let flight = Flight(
      target: waiting.target, sent: now, after: waiting.after, late: late, begun: clock.monotonic,
      host: host, isResolving: name != nil)
    let ticket = inFlight.begin(flight, at: now)
    if name != nil || station.manner.means != .transfer {
      let timeout = station.timeout.milliseconds * 1000
      deadlines.insert(Deadline(at: flight.begun + timeout, ticket: ticket))
    }
    if let name {
      trace?("* asking our resolver for \(name.host)")
      resolver.resolve(
        name, for: ticket, timeout: station.timeout.milliseconds * 1000, at: clock.monotonic)
    } else {
      ask(ticket, station, flight, nil)
    }
  }

  /// Asks, when the addresses are known or need not be.
  private func ask(
    _ ticket: Int, _ station: Station, _ flight: Flight, _ addresses: [SocketAddress]?
  ) {
    let now = clock.monotonic
    if station.manner.means == .transfer {
      let left = station.timeout - .milliseconds((now - flight.begun) / 1000)
      if !transfers.begin(ticket, station, addresses, timeout: left, at: now) {
        finish(Finding(ticket, .prevented(.memory), "libcurl has no memory left"))
      }
      return
    }
    var address = addresses?.first
    inFlight[ticket]?.address = address
    switch station.way {
    case .name: break
    case .address(let literal): address = literal
    case .url:
      // An address with an interface, which comes and goes; or the system's resolver.
      let host = ProbeURL.host(of: station.url)
      address = SocketAddress(host)
      if address == nil, !host.isEmpty {
        return finish(Finding(ticket, .prevented(.noRoute), "this host has no such interface"))
      }
    }
    if station.manner.means == .question {
      guard var question = DNSQuestion(url: station.url) else {
        return finish(Finding(ticket, .failed(.other), in: .first, "the URL asks for no name"))
      }
      // Names that are not ASCII go over the wire in another dress (RFC 5891).
      if !question.name.utf8.allSatisfy({ $0 < 128 }) {
        question.name = Endpoint(of: "http://\(question.name)")?.host ?? question.name
      }
      trace?("> \(question.name) \(question.type)? to \(address?.text ?? "the system's resolver")")
      questions.begin(
        ticket, question, server: address,
        port: UInt16(clamping: ProbeURL.port(of: station.url) ?? 53), station.manner.settings,
        at: now)
      return
    }
    guard let address else {
      return finish(Finding(ticket, .failed(.resolve), in: .resolve, "there is no address"))
    }
    trace?("> echo request to \(address.text)")
    echoes.begin(
      ticket, flight.target, address,
      source: station.manner.settings.source.map(SourceAddress.init), at: now)
  }

  /// A redirect led to a name that libcurl could not resolve: was it the name, or our resolver?
  func inquire(_ ticket: Int, about name: Resolver.Name) {
    inFlight[ticket]?.inquiry = name
    inFlight[ticket]?.isResolving = true
    let patience: Int64 = 1_000_000
    deadlines.insert(Deadline(at: clock.monotonic + patience, ticket: ticket))
    resolver.resolve(name, for: ticket, timeout: patience, at: clock.monotonic)
  }

  /// A name has been resolved, or not.
  func proceed(_ ticket: Int, _ answer: Resolver.Answer) {
    guard var flight = inFlight[ticket], let station = stations[flight.target] else { return }
    flight.isResolving = false
    if let name = flight.inquiry {
      let sentence = "a redirect leads to \(name.host), which could not be resolved"
      if case .prevented(let trouble, _) = answer {
        return finish(Finding(ticket, .prevented(trouble), in: .resolve, sentence))
      }
      return finish(Finding(ticket, .failed(.resolve), in: .resolve, sentence))
    }
    flight.resolve = Double(clock.monotonic - flight.begun) / 1000
    inFlight[ticket] = flight
    switch answer {
    case .addresses(let addresses):
      trace?("* it is at " + addresses.map(\.text).joined(separator: ", "))
      if let first = addresses.first { learn(first, of: flight.target) }
      ask(ticket, station, flight, addresses)
    case .failed(let sentence): finish(Finding(ticket, .failed(.resolve), in: .resolve, sentence))
    case .prevented(let trouble, let sentence):
      finish(Finding(ticket, .prevented(trouble), in: .resolve, sentence))
    }
  }

  func giveUp(_ ticket: Int) {
    guard let flight = inFlight[ticket], let station = stations[flight.target] else { return }
    if flight.isResolving, let name = flight.inquiry ?? station.name {
      return proceed(ticket, resolver.giveUp(ticket, on: name))
    }
    switch station.manner.means {
    case .transfer: return
    case .question: questions.giveUp(ticket)
    case .echo: echoes.giveUp(ticket, at: clock.monotonic)
    }
    let sentence = "no answer within \(station.timeout)"
    finish(Finding(ticket, .failed(.timeout), in: .first, sentence))
  }
}

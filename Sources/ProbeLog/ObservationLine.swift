import JSONText
public import Outages

/// One observation as a line of the log, written byte by byte: ten thousand targets make a thousand
/// lines a second.
struct ObservationLine {
  private(set) var bytes: [UInt8] = []

  /// Begins anew.
  mutating func clear() { bytes.removeAll(keepingCapacity: true) }

  mutating func write(header: String) { bytes.append(contentsOf: header.utf8) }

  /// Writes a whole line, without its end. `name` is the target's, in quotes and escaped.
  mutating func write(_ observation: Observation, name: [UInt8], _ detail: Detail?, isBrief: Bool) {
    put(#"{"time":""#)
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { text in
      let count = observation.time.write(to: text.baseAddress)
      bytes.append(contentsOf: text.prefix(count))
    }
    put(#"","target":"#)
    bytes.append(contentsOf: name)
    switch observation.outcome {
    case .answered(let milliseconds):
      put(#","ok":true"#)
      if let milliseconds { put(#","ms":"#, milliseconds) }
    case .failed(let failure):
      put(#","ok":false"#)
      put(#","error":"#, quoted: failure.rawValue)
    case .prevented(let trouble):
      put(#","ok":false"#)
      put(#","error":"#, quoted: trouble.failure.rawValue)
      put(#","local":"#, quoted: trouble.rawValue)
    }
    if let detail {
      if !isBrief { write(detail) }
      if let late = detail.late { put(#","late":"#, late) }
      if let sentence = detail.sentence { put(#","detail":"#, quoted: sentence) }
    }
    if let after = observation.after { put(#","after":"#, quoted: after.rawValue) }
    put("}")
  }

  private mutating func write(_ detail: Detail) {
    if let died = detail.died { put(#","died":"#, quoted: died.rawValue) }
    if let address = detail.address { put(#","address":"#, quoted: address) }
    if let status = detail.status { put(#","status":"#, status) }
    if let count = detail.bytes { put(#","bytes":"#, count) }
    for (index, answer) in detail.answers.enumerated() {
      put(index == 0 ? #","answers":["# : ",", quoted: answer)
    }
    if !detail.answers.isEmpty { put("]") }
    if let days = detail.certificateDays { put(#","certificate_days":"#, days) }
    write(detail.phases)
  }

  private mutating func write(_ phases: Detail.Phases) {
    var isFirst = true
    func next(_ phase: StaticString, _ milliseconds: Double?) {
      guard let milliseconds else { return }
      put(isFirst ? #","phases":{""# : #",""#)
      put(phase)
      put(#"":"#, milliseconds)
      isFirst = false
    }
    next("resolve", phases.resolve)
    next("connect", phases.connect)
    next("tls", phases.tls)
    next("first", phases.first)
    next("transfer", phases.transfer)
    if !isFirst { put("}") }
  }

  /// A line's end.
  mutating func end() { bytes.append(0x0a) }

  mutating func insertEnd() { bytes.insert(0x0a, at: 0) }

  private mutating func put(_ text: StaticString) {
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  private mutating func put(_ key: StaticString, quoted text: String) {
    put(key)
    bytes.append(contentsOf: JSON.string(text).line.utf8)
  }

  private mutating func put(_ key: StaticString, _ number: Int) {
    put(key)
    put(number: number)
  }

  /// A time in milliseconds, with at most three digits after the point.
  private mutating func put(_ key: StaticString, _ milliseconds: Double) {
    put(key)
    let thousandths = Int(min(max(milliseconds, 0), 1e12) * 1000 + 0.5)
    put(number: thousandths / 1000)
    var fraction = thousandths % 1000
    if fraction == 0 { return }
    put(".")
    var unit = 100
    while fraction > 0 {
      bytes.append(UInt8(48 + fraction / unit))
      fraction %= unit
      unit /= 10
    }
  }

  private mutating func put(number: Int) {
    if number < 0 { put("-") }
    var left = number.magnitude
    let start = bytes.count
    repeat {
      bytes.append(UInt8(48 + left % 10))
      left /= 10
    } while left > 0
    bytes[start...].reverse()
  }
}

extension Observation {
  /// The same as a line of the log.
  public func line(name: String, detail: Detail?) -> String {
    var line = ObservationLine()
    line.write(self, name: Array(JSON.string(name).line.utf8), detail, isBrief: false)
    return String(decoding: line.bytes, as: UTF8.self)
  }
}

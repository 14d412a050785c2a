public import Outages

/// The observations of one or several logs, in the order of their times.
public struct LogStream {
  /// What was wrong with the logs, beside what could be read of them.
  public struct Irregularities: Sendable, Equatable {
    /// Lines that could not be read, the first ten of each file.
    public var problems: [LogProblem] = []
    /// How many lines could not be read.
    public var unreadable = 0
    /// Lines that were up to ten seconds out of order and were put in order.
    public var reordered = 0
    /// Observations of a target and a time that were there already.
    public var duplicates = 0
    /// Lines that were more than ten seconds out of order and were left out.
    public var late = 0
    /// Where clocks were set back: time that was told twice, the second time left out.
    public var toldTwice: [ToldTwice] = []
    /// The vantages that the logs' headers name, in their order.
    public var vantages: [String] = []

    fileprivate mutating func add(_ problem: LogProblem) {
      unreadable += 1
      if problems.count(where: { $0.path == problem.path }) < 10 { problems.append(problem) }
    }
  }

  public struct ToldTwice: Sendable, Equatable {
    public var time: Range<Instant>
    /// Whose it is.
    public var targets: Set<Int>
  }

  /// One of the logs, and how far it was read.
  private struct Source {
    var reader: LogReader
    var newest: Instant?
    /// The time of its first observation.
    var first: Instant?
    /// A header that no observation has followed yet.
    var header: Session?
    /// Lines that came too late, one after another, each later than the one before it.
    var late: LateRun?
  }

  private struct LateRun {
    var first: Instant
    var last: Instant
    var targets: Set<Int> = []
    var count = 0
    /// Where in the irregularities it stands, once it is a clock set back.
    var index: Int?
  }

  /// So many lines in a row that go on in order, and are so much older, are no disorder: the clock was set
  /// back. Who writes in batches is late by less.
  private static let stepped = (lines: 5, by: Duration.minutes(2))

  /// The session as it was when the latest observation handed out was made: a header counts from
  /// the first observation after it. Its targets may be ahead of that; they are only ever added.
  public private(set) var session: Session
  /// Grows with each header that comes to count.
  public private(set) var generation = 0
  /// Headers to come, with the times from which they count.
  private var headers: [(from: Instant, session: Session)] = []
  /// Whether headers are heeded, or the session was given.
  private let heedsHeaders: Bool
  private var names = NameTable()
  private var sources: [Source] = []
  /// The source to read from: of those not at their end, the one that has come least far.
  private var current = 0
  /// How far the next of them has come.
  private var runnerUp: Instant?
  private var sequencer = Sequencer()
  private var horizon = Instant(milliseconds: .min)
  private let notes = Notes()

  private final class Notes {
    var irregularities = Irregularities()
  }

  /// Opens logs. A given session takes the place of what their headers say.
  public init(paths: [String], session: Session? = nil) throws(LogError) {
    self.session = session ?? Session()
    heedsHeaders = session == nil
    names.learn(self.session)
    for path in paths {
      let notes = notes
      let reader = try LogReader(path: path) { notes.irregularities.add($0) }
      sources.append(Source(reader: reader))
    }
  }

  public var irregularities: Irregularities {
    var all = notes.irregularities
    all.duplicates = sequencer.duplicates
    return all
  }

  /// The next observation in the order of time; nil at the end of all logs.
  public mutating func next() throws(LogError) -> Observation? {
    while true {
      if let observation = sequencer.next(before: horizon) {
        if !headers.isEmpty { adoptHeaders(until: observation.time) }
        return observation
      }
      if sources.isEmpty {
        adoptHeaders(until: Instant(milliseconds: .max))
        return nil
      }
      try read()
    }
  }

  /// Reads one observation from the source that has come least far.
  private mutating func read() throws(LogError) {
    let reader = sources[current].reader
    let item = try reader.next { index(of: $0) }
    switch item {
    case .observation(let observation):
      hold(observation)
    case .session(let session):
      if !heedsHeaders { return }
      // Its targets get their places in its order, whenever it comes to count.
      for target in session.targets where self.session.index(of: target.name) == nil {
        self.session.add(Target(name: target.name))
      }
      names.learn(self.session)
      if !notes.irregularities.vantages.contains(session.vantage) {
        notes.irregularities.vantages.append(session.vantage)
      }
      sources[current].header = session
    case nil:
      if let header = sources.remove(at: current).header { handOver(header) }
      choose()
    }
  }

  private mutating func hold(_ observation: Observation) {
    let newest = sources[current].newest
    if let newest, Sequencer.isLate(observation.time, after: newest) {
      note(late: observation, after: newest)
      return
    }
    sources[current].late = nil
    sources[current].first = sources[current].first ?? observation.time
    if let header = sources[current].header {
      sources[current].header = nil
      schedule(header, from: observation.time)
    }
    if let newest, observation.time < newest {
      notes.irregularities.reordered += 1
    } else {
      sources[current].newest = observation.time
      if let runnerUp, observation.time <= runnerUp {
        horizon = observation.time - Sequencer.tolerance
      } else {
        choose()
      }
    }
    sequencer.hold(observation)
  }

  /// A log that was cut behind a header goes on in the next file, whose first observation may have
  /// been read ahead already.
  private mutating func handOver(_ header: Session) {
    guard current < sources.count else {
      schedule(header, from: Instant(milliseconds: .max))
      return
    }
    if let first = sources[current].first {
      schedule(header, from: first)
    } else {
      sources[current].header = header
    }
  }

  private mutating func schedule(_ header: Session, from time: Instant) {
    headers.insert((time, header), at: headers.partitionPoint { $0.from > time })
  }

  private mutating func adoptHeaders(until time: Instant) {
    while let next = headers.first, next.from <= time {
      session.adopt(next.session)
      generation += 1
      headers.removeFirst()
    }
  }

  private mutating func note(late observation: Observation, after newest: Instant) {
    let time = observation.time
    var run = sources[current].late ?? LateRun(first: time, last: time)
    if Sequencer.isLate(time, after: run.last) { run = LateRun(first: time, last: time) }
    run.last = max(run.last, time)
    run.targets.insert(observation.target)
    run.count += 1
    defer { sources[current].late = run }
    notes.irregularities.late += 1
    if let index = run.index {
      notes.irregularities.toldTwice[index].targets = run.targets
    } else if run.count >= LogStream.stepped.lines, newest - run.first >= LogStream.stepped.by,
      sources[current].first.map({ $0 <= run.first }) ?? false
    {
      run.index = notes.irregularities.toldTwice.count
      notes.irregularities.toldTwice.append(
        ToldTwice(time: run.first..<newest, targets: run.targets))
      if notes.irregularities.toldTwice.count > 3 { return }
      complain(
        "the clock was set back here, by \((newest - run.first).brief); what comes until it has caught up "
          + "was left out, and that time counts as unobserved")
    } else if notes.irregularities.late <= 3 {
      complain(
        "this is more than 10 s older than a line before it (\(newest)), and was left out; "
          + "sort the log by time first")
    }
  }

  private func complain(_ message: String) {
    let reader = sources[current].reader
    notes.irregularities.problems.append(
      LogProblem(path: reader.path, line: reader.lineNumber, message: message))
  }

  /// Chooses the source to read from. A source that was not begun comes first.
  private mutating func choose() {
    guard var least = sources.indices.first else {
      horizon = Instant(milliseconds: .max)
      return
    }
    let begin = Instant(milliseconds: .min)
    runnerUp = nil
    for index in sources.indices.dropFirst() {
      let newest = sources[index].newest ?? begin
      let isLess = newest < sources[least].newest ?? begin
      let second = isLess ? sources[least].newest ?? begin : newest
      runnerUp = min(runnerUp ?? second, second)
      if isLess { least = index }
    }
    if sources.count == 1 { runnerUp = Instant(milliseconds: .max) }
    current = least
    horizon = sources[least].newest.map { $0 - Sequencer.tolerance } ?? begin
  }

  private mutating func index(of name: UnsafeRawBufferPointer) -> Int {
    names.index(of: name) {
      session.add(Target(name: String(decoding: name, as: UTF8.self)))
    }
  }
}

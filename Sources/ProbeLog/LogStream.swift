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

    fileprivate mutating func add(_ problem: LogProblem) {
      unreadable += 1
      if problems.count(where: { $0.path == problem.path }) < 10 { problems.append(problem) }
    }
  }

  /// One of the logs, and how far it was read.
  private struct Source {
    var reader: LogReader
    var newest: Instant?
  }

  /// The session as the headers read so far have it. Renewed as reading goes on; `generation` tells.
  public private(set) var session: Session
  /// Grows whenever `session` changes.
  public private(set) var generation = 0
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
      if let observation = sequencer.next(before: horizon) { return observation }
      if sources.isEmpty { return nil }
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
      self.session.adopt(session)
      generation += 1
      names.learn(self.session)
    case nil:
      sources.remove(at: current)
      choose()
    }
  }

  private mutating func hold(_ observation: Observation) {
    let newest = sources[current].newest
    if let newest, observation.time < newest {
      if observation.time < newest - Sequencer.tolerance {
        note(lateLine: newest)
        return
      }
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

  private func note(lateLine newest: Instant) {
    notes.irregularities.late += 1
    if notes.irregularities.late > 3 { return }
    let reader = sources[current].reader
    let message = "this comes more than 10 s after \(newest), and was left out"
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
      generation += 1
      return session.add(Target(name: String(decoding: name, as: UTF8.self)))
    }
  }
}

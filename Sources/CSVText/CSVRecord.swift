/// Records of CSV (RFC 4180), one a line.
public enum CSVRecord {
  /// The fields of a line; nil when a quoted one does not end.
  public static func fields(of line: some Collection<UInt8>) -> [String]? {
    var fields: [String] = []
    var field: [UInt8] = []
    var isQuoted = false
    let quote = UInt8(ascii: "\"")
    var at = line.startIndex
    while at < line.endIndex {
      let byte = line[at]
      let next = line.index(after: at)
      switch (byte, isQuoted) {
      case (quote, true) where next < line.endIndex && line[next] == quote:
        field.append(byte)
        at = next
      case (quote, true): isQuoted = false
      case (quote, false) where field.isEmpty: isQuoted = true
      case (UInt8(ascii: ","), false):
        fields.append(String(decoding: field, as: UTF8.self))
        field.removeAll(keepingCapacity: true)
      case (UInt8(ascii: "\r"), false) where next == line.endIndex: break
      default: field.append(byte)
      }
      at = line.index(after: at)
    }
    if isQuoted { return nil }
    return fields + [String(decoding: field, as: UTF8.self)]
  }
}

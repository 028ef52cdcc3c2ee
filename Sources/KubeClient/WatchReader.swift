// A watch's bytes to events.

import HTTPModel
import JSONTree
import KubeModel
import Transport

/// Cuts a body into lines and reads each as an event. Apart from the stream so that it is tested
/// with bytes alone.
struct WatchLineDecoder {
    private var rest: [UInt8] = []
    /// The API server refuses objects of more than 3 MB; JSON may escape them larger.
    private static let lineByteCountMax = 32 << 20

    init() {}

    /// The events that a piece completes.
    mutating func events(in piece: [UInt8]) throws(KubeError) -> [WatchEvent] {
        var events: [WatchEvent] = []
        var start = piece.startIndex
        while let end = piece[start...].firstIndex(of: 0x0A) {
            let line = rest.isEmpty ? Array(piece[start..<end]) : rest + piece[start..<end]
            rest = []
            start = end + 1
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) { continue }
            events.append(try Self.event(line))
        }
        rest += piece[start...]
        if rest.count > Self.lineByteCountMax { throw .malformed("watch line of more than \(Self.lineByteCountMax) bytes") }
        return events
    }

    private static func event(_ line: [UInt8]) throws(KubeError) -> WatchEvent {
        let tree: JSON
        do throws(JSONParseError) { tree = try JSON.parse(line) } catch {
            throw .malformed("watch event: \(error)")
        }
        let object = tree["object"]
        switch tree["type"].string {
        case "ADDED": return .added(KubeObject(object))
        case "MODIFIED": return .modified(KubeObject(object))
        case "DELETED": return .deleted(KubeObject(object))
        case "BOOKMARK": return .bookmark(KubeObject(object).resourceVersion)
        case "ERROR": return .error(APIStatus(code: 500, body: object, text: "watch error"))
        case let other: throw .malformed("watch event of type \(other ?? "none")")
        }
    }
}

/// Reads one watch. An actor round the body's iterator, which must have one reader.
actor WatchReader {
    private var iterator: AsyncThrowingStream<[UInt8], any Error>.AsyncIterator
    private var decoder = WatchLineDecoder()
    /// Events of the last piece, the next one last.
    private var waiting: [WatchEvent] = []

    init(_ body: AsyncThrowingStream<[UInt8], any Error>) { iterator = body.makeAsyncIterator() }

    /// The next event; nil when the server ended the watch.
    func next() async throws -> WatchEvent? {
        while waiting.isEmpty {
            guard let piece = try await nextPiece() else { return nil }
            waiting = try decoder.events(in: piece).reversed()
        }
        return waiting.popLast()
    }

    private func nextPiece() async throws(KubeError) -> [UInt8]? {
        do {
            var reader = iterator
            let piece = try await reader.next(isolation: self)
            iterator = reader
            return piece
        } catch let error as TransportError {
            throw .transport(error)
        } catch {
            throw .transport(.interrupted("\(error)"))
        }
    }
}

/// Names in paths.
enum HTTPName {
    /// Most names are path-safe already.
    static func encoded(_ name: String) -> String {
        let isPlain = name.utf8.allSatisfy { byte in
            (97...122).contains(byte) || (48...57).contains(byte) || byte == 45 || byte == 46 || (65...90).contains(byte)
        }
        return isPlain && name != "." && name != ".." ? name : HTTPQuery.encoded(name)
    }
}

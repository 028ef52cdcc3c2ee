// Bodies in protobuf, as typed clients send them.

import JSONTree
import Testing

@testable import ClusterSim

@Suite struct ProtobufTests {
    /// A field of bytes: tag, length, content.
    private func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
        [number << 3 | 2, UInt8(content.count)] + content
    }

    private func body(_ apiVersion: String, _ kind: String, _ content: [UInt8]) -> [UInt8] {
        let type = field(1, Array(apiVersion.utf8)) + field(2, Array(kind.utf8))
        return [0x6B, 0x38, 0x73, 0] + field(1, type) + field(2, content)
    }

    @Test func `maps, texts and bytes are read, empty texts are left out`() throws {
        let metadata = field(1, Array("a".utf8)) + field(2, []) + field(8, [])
        let data = field(1, Array("k".utf8)) + field(2, Array("v".utf8))
        let binary = field(1, Array("b".utf8)) + field(2, [1, 2, 3])
        let tree = try Protobuf.decode(
            body("v1", "ConfigMap", field(1, metadata) + field(2, data) + field(3, binary)))
        #expect(
            tree == [
                "kind": "ConfigMap", "apiVersion": "v1", "metadata": ["name": "a"], "data": ["k": "v"],
                "binaryData": ["b": "AQID"],
            ])
    }

    @Test func `a zero that was said is kept, inline members are lifted`() throws {
        // Deployment: spec.replicas = 0; template.spec.volumes[0] = {name: v, emptyDir: {}}.
        let volume = field(1, Array("v".utf8)) + field(2, field(2, []))
        let pod = field(1, volume)
        let spec: [UInt8] = [1 << 3, 0] + field(3, field(2, pod)) + [5 << 3, 0]
        let tree = try Protobuf.decode(body("apps/v1", "Deployment", field(2, spec)))
        #expect(
            tree["spec"] == [
                "replicas": 0, "template": ["spec": ["volumes": [["name": "v", "emptyDir": [:]]]]],
            ])
    }

    @Test(arguments: [[], [0x6B, 0x38, 0x73, 0], [0x6B, 0x38, 0x73, 0, 0x0A, 0xFF]])
    func `broken bodies are refused`(bytes: [UInt8]) {
        #expect(throws: Protobuf.DecodingError.self) { try Protobuf.decode(bytes) }
    }
}

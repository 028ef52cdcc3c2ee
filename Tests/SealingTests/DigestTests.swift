// Published test vectors of the digests and codes.

import Sealing
import Testing

@Suite struct DigestTests {
    @Test func `SHA-256 and SHA-1 agree with FIPS 180-4`() {
        #expect(
            Digest.sha256Hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(Hexadecimal.text(Digest.sha1("abc".utf8)) == "a9993e364706816aba3e25717850c26c9cd0d89d")
    }

    @Test func `HMAC-SHA-256 agrees with RFC 4231 case 2`() {
        let code = MessageAuthentication.hmacSHA256(
            key: "Jefe".utf8, message: "what do ya want for nothing?".utf8)
        #expect(
            Hexadecimal.text(code) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test func `GitHub's documented example verifies`() {
        // https://docs.github.com/webhooks: "Testing the webhook payload validation".
        let code = MessageAuthentication.hmacSHA256(
            key: "It's a Secret to Everybody".utf8, message: "Hello, World!".utf8)
        #expect(
            Hexadecimal.text(code) == "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")
    }

    @Test func `codes of other lengths or bytes differ`() {
        #expect(MessageAuthentication.isEqual([1, 2], [1, 2]))
        #expect(!MessageAuthentication.isEqual([1, 2], [1, 3]))
        #expect(!MessageAuthentication.isEqual([1, 2], [1, 2, 3]))
    }

    @Test func `hexadecimal text of either case is read back`() {
        #expect(Hexadecimal.bytes("00fFA1") == [0, 255, 161])
        #expect(Hexadecimal.bytes("0") == nil)
        #expect(Hexadecimal.bytes("zz") == nil)
    }
}

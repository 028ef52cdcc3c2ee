// Times as the API writes and reads them.

import KubeModel
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59Z", -1), ("2000-02-29T12:30:05Z", 951_827_405),
        ("2026-11-21T09:08:07Z", 1_795_252_087), ("1900-03-01T00:00:00Z", -2_203_891_200),
        ("2262-04-11T23:47:16Z", 9_223_372_036),
    ] as [(String, Int64)])
    func `a second is written and read`(text: String, seconds: Int64) {
        #expect(Timestamp(wholeSeconds: seconds).rfc3339 == text)
        #expect(Timestamp(text)?.wholeSeconds == seconds)
    }

    @Test func `a fraction has six digits, and the second is rounded down`() {
        let time = Timestamp(nanoseconds: 1_500_000_042_007_000)
        #expect(time.rfc3339Micro == "1970-01-18T08:40:00.042007Z")
        #expect(time.rfc3339 == "1970-01-18T08:40:00Z")
        #expect(Timestamp(nanoseconds: -1).rfc3339Micro == "1969-12-31T23:59:59.999999Z")
    }

    @Test func `the ends of time are written, too`() {
        #expect(Timestamp(nanoseconds: .max).rfc3339 == "2262-04-11T23:47:16Z")
        #expect(Timestamp(nanoseconds: .min).rfc3339 == "1677-09-21T00:12:43Z")
    }
}

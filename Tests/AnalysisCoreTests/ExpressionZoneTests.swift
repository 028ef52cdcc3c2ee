// Times as clocks of named zones show them.

import AnalysisCore
import KubeModel
import Testing

@Suite struct ExpressionZoneTests {
    private func value(_ text: String, now: String = "2026-07-01T12:00:00Z") -> String {
        let environment = ExpressionEnvironment(result: .nil, now: Timestamp(now) ?? .epoch)
        do { return try Expression.value(of: text, in: environment).printed } catch { return "\(error)" }
    }

    private static let layout = "\"2006-01-02 15:04:05\""

    /// Changes in 2026, to the second; north and south, by halves of an hour, at midnight and before it.
    @Test(arguments: [
        ("2026-03-29T00:59:59Z", "Europe/Zurich", "2026-03-29 01:59:59 +0100 CET"),
        ("2026-03-29T01:00:00Z", "Europe/Zurich", "2026-03-29 03:00:00 +0200 CEST"),
        ("2026-10-25T00:59:59Z", "Europe/Zurich", "2026-10-25 02:59:59 +0200 CEST"),
        ("2026-10-25T01:00:00Z", "Europe/Zurich", "2026-10-25 02:00:00 +0100 CET"),
        ("2026-03-08T06:59:59Z", "America/New_York", "2026-03-08 01:59:59 -0500 EST"),
        ("2026-03-08T07:00:00Z", "America/New_York", "2026-03-08 03:00:00 -0400 EDT"),
        ("2026-11-01T06:00:00Z", "America/New_York", "2026-11-01 01:00:00 -0500 EST"),
        ("2026-01-01T00:00:00Z", "Australia/Sydney", "2026-01-01 11:00:00 +1100 AEDT"),
        ("2026-04-04T15:59:59Z", "Australia/Sydney", "2026-04-05 02:59:59 +1100 AEDT"),
        ("2026-04-04T16:00:00Z", "Australia/Sydney", "2026-04-05 02:00:00 +1000 AEST"),
        ("2026-07-01T12:00:00Z", "Australia/Lord_Howe", "2026-07-01 22:30:00 +1030 +1030"),
        ("2026-07-01T12:00:00Z", "Asia/Kathmandu", "2026-07-01 17:45:00 +0545 +0545"),
        ("2026-07-01T12:00:00Z", "Europe/Dublin", "2026-07-01 13:00:00 +0100 IST"),
        ("2026-01-01T12:00:00Z", "Europe/Dublin", "2026-01-01 12:00:00 +0000 GMT"),
        ("2026-07-01T12:00:00Z", "America/Argentina/Buenos_Aires", "2026-07-01 09:00:00 -0300 -03"),
        ("2026-03-28T23:59:59Z", "America/Nuuk", "2026-03-28 21:59:59 -0200 -02"),
        ("2026-03-29T01:00:00Z", "America/Nuuk", "2026-03-29 00:00:00 -0100 -01"),
        ("2026-07-01T12:00:00Z", "UTC", "2026-07-01 12:00:00 +0000 UTC"),
    ])
    func `clocks show what their rule says`(_ now: String, _ zone: String, _ wanted: String) {
        #expect(value("string(now(timezone(\"\(zone)\")))", now: now) == wanted)
        #expect(value("string(now().In(timezone(\"\(zone)\")))", now: now) == wanted)
    }

    @Test func `a date is read as a zone's clocks show it`() {
        #expect(value("date(\"2026-06-01 12:00:00\", \(Self.layout), \"Europe/Zurich\").Unix()") == "1780308000")
        #expect(value("date(\"2026-01-01 12:00:00\", \(Self.layout), \"America/New_York\").UTC().Hour()") == "17")
        // What clocks pass over, and what they show twice.
        #expect(
            value("string(date(\"2026-03-29 02:30:00\", \(Self.layout), \"Europe/Zurich\"))")
                == "2026-03-29 03:30:00 +0200 CEST")
        #expect(
            value("string(date(\"2026-10-25 02:30:00\", \(Self.layout), \"Europe/Zurich\").UTC())")
                == "2026-10-25 01:30:00 +0000 UTC")
        #expect(value("date(timezone(\"Asia/Tokyo\"), \"2026-01-01 09:00:00\").Unix()") == "1767225600")
    }

    @Test func `what is added keeps to the zone`() {
        let noon = "date(\"2026-03-28 12:00:00\", \(Self.layout), \"Europe/Zurich\")"
        #expect(value("string(\(noon) + duration(\"24h\"))") == "2026-03-29 13:00:00 +0200 CEST")
        #expect(value("string(\(noon).AddDate(0, 0, 1))") == "2026-03-29 12:00:00 +0200 CEST")
        #expect(value("\(noon).Location().String()") == "Europe/Zurich")
        #expect(value("now(timezone(\"Europe/Zurich\")).Hour() >= 9 && now(timezone(\"Europe/Zurich\")).Hour() < 17") == "true")
        #expect(value("now() == now(timezone(\"Asia/Tokyo\"))") == "true")
    }

    @Test(arguments: ["Nowhere/City", "europe/zurich", "../etc/passwd", "Africa/Casablanca"])
    func `a name that is not known is an error`(_ name: String) {
        #expect(value("timezone(\"\(name)\")").contains("unknown time zone"))
    }
}

"""How pages write days; all else is Django's for the language. Templates name a format
(`{{ day|date }}`, `{{ day|date:"SHORT_DATE_FORMAT" }}`), never its letters."""

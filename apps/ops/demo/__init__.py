"""A living company to look at: everything is played through the verbs, back-dated, in
order of time, so that custody and events are as true as in real use."""

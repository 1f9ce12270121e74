// A table as it can be taken out of the window: a picture of the columns that fit, and all values as CSV.
#pragma once

#include <QHeaderView>

#include "look/exhibit.h"
#include "look/theme.h"

namespace condenser {

// All rows of the header's model in their order, the columns as wide as they are in the view. Both must outlive what is
// returned.
Exhibit tableExhibit(const QHeaderView& header, const QString& name, const QString& title, const Theme& theme,
                     const QFont& font);

}  // namespace condenser

#include "connections/map_picture_row.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "look/elided_label.h"
#include "look/format.h"
#include "look/look.h"
#include "session/data_preview.h"

namespace condenser {
namespace {

constexpr int kSide = 64;  // pixels

}  // namespace

MapPictureRow::MapPictureRow(QWidget* parent)
    : QWidget(parent),
      m_picture(new QLabel),
      m_answer(new QLabel),
      m_name(new ElidedLabel),
      m_steps(new QWidget),
      m_place(new QLabel) {
    m_picture->setObjectName(QStringLiteral("mapPicture"));
    m_picture->setAccessibleName(tr("The picture as the network saw it"));
    m_picture->setFixedSize(kSide, kSide);
    m_picture->setAlignment(Qt::AlignCenter);
    m_answer->setObjectName(QStringLiteral("mapAnswer"));
    m_answer->setTextFormat(Qt::PlainText);
    m_answer->setWordWrap(true);
    m_answer->setMinimumWidth(1);
    m_name->setObjectName(QStringLiteral("mapPictureName"));
    m_place->setObjectName(QStringLiteral("mapPicturePlace"));
    for (QLabel* label : {static_cast<QLabel*>(m_name), m_place}) {
        setLook(label, "scale", "small");
        setLook(label, "tone", "muted");
    }

    auto* steps = new QHBoxLayout(m_steps);
    steps->setContentsMargins(0, 0, 0, 0);
    steps->setSpacing(4);
    steps->addWidget(stepButton("previousMapPicture", QStringLiteral("‹"), tr("Previous picture"), -1));
    steps->addWidget(m_place);
    steps->addWidget(stepButton("nextMapPicture", QStringLiteral("›"), tr("Next picture"), 1));
    steps->addStretch();
    auto* words = new QVBoxLayout;
    words->setSpacing(2);
    words->addWidget(m_answer);
    words->addWidget(m_name);
    words->addWidget(m_steps);
    words->addStretch();
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(12);
    row->addWidget(m_picture, 0, Qt::AlignTop);
    row->addLayout(words, 1);
}

QPushButton* MapPictureRow::stepButton(const char* name, const QString& sign, const QString& words, int by) {
    auto* button = new QPushButton(sign);
    button->setObjectName(QString::fromLatin1(name));
    button->setAccessibleName(words);
    button->setToolTip(words);
    setLook(button, "role", "chip");
    connect(button, &QPushButton::clicked, this, [this, by] { emit stepped(by); });
    return button;
}

void MapPictureRow::show(const FeatureMaps& maps, const MapPicture& picture, int number, int count) {
    const QImage seen = toImage(maps.seen);
    const QSize room = QSize(kSide, kSide) * devicePixelRatioF();
    const bool enlarge = seen.width() < room.width();  // pixels stay pixels: this is what the network reads
    QPixmap pixels = QPixmap::fromImage(
        seen.scaled(room, Qt::KeepAspectRatio, enlarge ? Qt::FastTransformation : Qt::SmoothTransformation));
    pixels.setDevicePixelRatio(devicePixelRatioF());
    m_picture->setPixmap(pixels);
    m_picture->setToolTip(tr("As the network saw it: %1 × %2 pixels").arg(maps.seen.width).arg(maps.seen.height));
    m_answer->setText(QStringLiteral("%1  %2").arg(
        QString::fromStdString(maps.answer), formatShare(maps.probabilities[static_cast<std::size_t>(maps.best)])));
    m_name->setText(picture.truth.isEmpty() ? picture.name : tr("%1: %2").arg(picture.name, picture.truth));
    m_name->setToolTip(m_name->text());
    m_steps->setVisible(count > 1);
    m_place->setText(tr("%1 of %2").arg(number + 1).arg(count));
}

QString MapPictureRow::name() const {
    return m_name->text();
}

}  // namespace condenser
